using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tasker.Postgres.Fixture;
using Tasker.Postgres.Registration;
using Tasker.Postgres.Templates;
using Tasker.Postgres.Tests.Support;
using Tasker.Telemetry;
using Tasker.Templates;

namespace Tasker.Postgres.Tests;

/// <summary>A template file with every key becomes what tasker-core itself would store for it, and what is stored reads back as it was.</summary>
public sealed class TemplateFileTests(Databases databases)
{
    [Fact]
    public async Task A_template_of_another_system_is_stored_key_for_key()
    {
        var expected = JsonElement.Parse(await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Templates", "order_fulfillment.json"), CoreHost.Token));

        var changed = await new Registrar(databases.Shared.DataSource, new SafeLogger<Registrar>(NullLoggerFactory.Instance))
            .RegisterAsync(["ecommerce"], [OrderFulfillment.Template], CoreHost.Token);

        Assert.Single(changed);
        var stored = await databases.Shared.DataSource.ScalarAsync<string>(
            "SELECT configuration::text FROM tasker.named_tasks WHERE name = 'order_fulfillment' AND version = '2.1.0'");
        Assert.True(JsonElement.DeepEquals(expected, JsonElement.Parse(stored)), stored);
        var readBack = TemplateReader.Read(System.Text.Encoding.UTF8.GetBytes(stored));
        Assert.True(JsonElement.DeepEquals(expected, JsonElement.Parse(TemplateJson.Write(readBack))));
    }

    [Fact]
    public void A_time_that_is_none_is_named()
    {
        var template = new TaskTemplate
        {
            Name = "t",
            Namespace = "n",
            Version = "1",
            Steps = [],
            Metadata = new TemplateMetadata { CreatedAt = "yesterday" },
        };

        Assert.Contains("'yesterday'", Assert.Throws<ConfigurationException>(() => TemplateJson.Write(template)).Message, StringComparison.Ordinal);
    }
}
