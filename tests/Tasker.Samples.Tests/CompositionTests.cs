using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tasker.Client;
using Tasker.Hosting;

namespace Tasker.Samples.Tests;

/// <summary>One host serves the handlers and templates of several assemblies, each with a registry of its own.</summary>
public sealed class CompositionTests
{
    [Fact]
    public async Task Two_assemblies_share_a_host()
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddTasker()
            .AddCsvInventoryHandlers()
            .AddApprovalRoutingHandlers()
            .AddApprovalRoutingHandlers()
            .UseEmbeddedInMemory();
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var tasks = host.Services.GetRequiredService<ITaskClient>();
        var catalog = host.Services.GetRequiredService<TemplateCatalog>();

        var approval = await tasks.StartJsonAsync(
            Template(catalog, "approval_routing"),
            """{"amount":5000,"requester":"ada","purpose":"a laptop"}"""u8.ToArray(),
            cancellationToken: TestContext.Current.CancellationToken);
        var inventory = await tasks.StartJsonAsync(
            Template(catalog, "csv_inventory"),
            """{"csv_file_path":"/no/such/file.csv"}"""u8.ToArray(),
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(TaskState.Complete, (await approval.WaitAsync(TestContext.Current.CancellationToken)).State);
        Assert.Equal(TaskState.BlockedByFailures, (await inventory.WaitAsync(TestContext.Current.CancellationToken)).State);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static Templates.TaskTemplate Template(TemplateCatalog catalog, string name) => Assert.Single(catalog.All, template => template.Name == name);
}
