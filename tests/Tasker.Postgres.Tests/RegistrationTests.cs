using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Tasker.Postgres.Database;
using Tasker.Postgres.Fixture;
using Tasker.Postgres.Registration;
using Tasker.Postgres.Templates;
using Tasker.Postgres.Tests.Support;
using Tasker.Templates;

namespace Tasker.Postgres.Tests;

/// <summary>What a worker writes when it starts, and what it refuses.</summary>
public sealed class RegistrationTests(Databases databases)
{
    private NpgsqlDataSource Database => databases.Shared.DataSource;

    [Fact]
    public void A_minimal_template_is_written_as_the_sheet_has_it()
    {
        var template = new TaskTemplate
        {
            Name = "linear",
            Namespace = "demo",
            Version = "1.0.0",
            Steps = [new StepDefinition { Name = "a", Callable = "Demo.A" }],
        };

        Assert.Equal(
            """
            {"name":"linear","namespace_name":"demo","version":"1.0.0","description":null,"metadata":null,"system_dependencies":{"primary":"default","secondary":[]},"domain_events":[],"input_schema":null,"steps":[{"name":"a","description":null,"handler":{"callable":"Demo.A","method":null,"resolver":null,"initialization":{}},"type":"standard","system_dependency":null,"dependencies":[],"retry":{"retryable":true,"max_attempts":3,"backoff":"exponential","backoff_base_ms":1000,"max_backoff_ms":30000},"timeout_seconds":null,"publishes_events":[],"batch_config":null}],"environments":{},"lifecycle":null}
            """,
            System.Text.Encoding.UTF8.GetString(TemplateJson.Write(template)));
    }

    [Fact]
    public void A_full_template_reads_back_as_it_was_written()
    {
        var template = new TaskTemplate
        {
            Name = "full",
            Namespace = "demo",
            Version = "2.1.0",
            Description = "Everything.",
            InputSchema = """{"type":"object"}""",
            Lifecycle = new TaskLifecycle { MaxStepsInProcess = TimeSpan.FromMinutes(90), AutoFailOnTimeout = true },
            Steps =
            [
                new StepDefinition
                {
                    Name = "analyze",
                    Description = "d",
                    Type = StepType.Batchable,
                    Callable = "x",
                    Method = "m",
                    Resolver = "r",
                    Configuration = """{"a":1}"""u8.ToArray(),
                    Retry = new RetryPolicy { Retryable = false, MaxAttempts = 1, Backoff = BackoffStrategy.Linear, BackoffBase = TimeSpan.FromMilliseconds(5), MaxBackoff = TimeSpan.FromMilliseconds(50) },
                    Timeout = TimeSpan.FromSeconds(1.5),
                    SystemDependency = "s",
                    ResultSchema = """{"type":"object"}""",
                    Events = [new EventDeclaration { Name = "a.b", Description = "e", Condition = EventCondition.Always, Delivery = EventDelivery.Broadcast, Schema = "{}", Publisher = "p" }],
                },
                new StepDefinition
                {
                    Name = "work",
                    Type = StepType.BatchWorker,
                    Callable = "w",
                    Dependencies = ["analyze"],
                    Batch = new BatchConfiguration { BatchSize = 7, Parallelism = 2, CursorField = "id", WorkerTemplate = "work", FailureStrategy = BatchFailureStrategy.Isolate },
                },
            ],
        };

        var written = TemplateJson.Write(template);
        var read = TemplateReader.Read(written);

        Assert.Equal(written, TemplateJson.Write(read));
        Assert.Equal(TimeSpan.FromSeconds(2), read.Steps[0].Timeout);
        Assert.Equal(TimeSpan.FromMinutes(90), read.Lifecycle!.MaxStepsInProcess);
    }

    [Fact]
    public async Task Many_workers_that_start_together_register_once_and_again_without_a_change()
    {
        var flow = new CoreFlow().Step("only");
        var hosts = Enumerable.Range(0, 8).Select(_ => CoreHost.Build(databases.Shared, flow)).ToList();
        await Task.WhenAll(hosts.Select(host => host.StartAsync()));
        foreach (var host in hosts)
            await host.DisposeAsync();

        var first = await ReadAsync();
        await using (var again = await CoreHost.StartAsync(databases.Shared, flow))
            Assert.Contains("0 of them new or changed", await again.Log.WaitForAsync(400), StringComparison.Ordinal);
        Assert.Equal(first, await ReadAsync());
        Assert.Equal("strict", first.Identity);
        Assert.Equal($"Auto-created namespace: {flow.Namespace}", first.Description);
        using var stored = JsonDocument.Parse(first.Configuration);
        using var expected = JsonDocument.Parse(TemplateJson.Write(flow.Template));
        Assert.True(JsonElement.DeepEquals(expected.RootElement, stored.RootElement));
        Assert.Equal(
            6,
            await Database.ScalarAsync<long>("SELECT count(*) FROM pgmq.meta WHERE queue_name = ANY ($1)", (object)QueueNames.All(flow.Namespace).ToArray()));

        async Task<(string Configuration, string Identity, string Description, DateTime UpdatedAt)> ReadAsync() => (await Database.QueryAsync(
            """
            SELECT t.configuration::text, t.identity_strategy::text, n.description, t.updated_at
            FROM tasker.named_tasks t JOIN tasker.task_namespaces n USING (task_namespace_uuid) WHERE n.name = $1
            """,
            row => (row.GetString(0), row.GetString(1), row.GetString(2), row.GetDateTime(3)),
            flow.Namespace)).Single();
    }

    [Fact]
    public async Task The_cache_keys_of_changed_templates_are_told()
    {
        var flow = new CoreFlow().Step("only");
        var keys = new List<string>();
        for (var start = 0; start < 2; start++)
        {
            await using var host = await CoreHost.StartAsync(databases.Shared, flow, options => options.TemplateChanged = (key, _) =>
            {
                keys.Add(key);
                return default;
            });
        }

        Assert.Equal([$"tasker:task_template:{flow.Namespace}:flow:1.0.0"], keys);
    }

    [Theory]
    [InlineData("postgresql://me:p%40ss@db:6543/tasker?sslmode=require", "db", 6543, "me", "p@ss", "tasker")]
    [InlineData("postgres://me@db/tasker", "db", 5432, "me", null, "tasker")]
    [InlineData("postgresql:///?host=%2Frun%2Fpg&port=6000&user=me&password=p%26s&dbname=tasker&statement-cache-capacity=5&options[work_mem]=8MB", "/run/pg", 6000, "me", "p&s", "tasker")]
    [InlineData("Host=db;Database=tasker;Username=me", "db", 5432, "me", null, "tasker")]
    public void Both_forms_of_a_connection_string_are_read(string text, string host, int port, string user, string? password, string database)
    {
        var parsed = ConnectionText.Parse(text);

        Assert.Equal((host, port, user, password, database), (parsed.Host, parsed.Port, parsed.Username, parsed.Password, parsed.Database));
        Assert.Equal(("tasker,public", "UTC"), (parsed.SearchPath, parsed.Timezone));
    }

    [Theory]
    [InlineData("Database=tasker", "names no host")]
    [InlineData("Host=db;Nonsense=1", "nonsense")]
    [InlineData("postgresql://db/tasker?colour=red", "'colour' is not known")]
    [InlineData("postgresql://db/tasker?sslmode=maybe", "'maybe' is not a value of sslmode")]
    public void A_connection_string_that_is_wrong_is_named(string text, string problem)
    {
        var options = Options(text);

        var exception = Assert.Throws<OptionsValidationException>(() => options.Value);

        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        Assert.Contains("WorkerSilence", Fails(one => one.WorkerSilence = TimeSpan.Zero), StringComparison.Ordinal);
        Assert.Contains("PollInterval", Fails(one => one.PollInterval = TimeSpan.Zero), StringComparison.Ordinal);
        Assert.Contains("StartTimeout", Fails(one => one.StartTimeout = TimeSpan.FromSeconds(-1)), StringComparison.Ordinal);
        Assert.Contains("StopTimeout", Fails(one => one.StopTimeout = TimeSpan.FromSeconds(-1)), StringComparison.Ordinal);
        Assert.Contains("and at most 24 days", Fails(one => one.WorkerSilence = TimeSpan.MaxValue), StringComparison.Ordinal);
        Assert.Contains("and at most 24 days", Fails(one => one.PollInterval = TimeSpan.MaxValue), StringComparison.Ordinal);
        Assert.Contains("and at most 24 days", Fails(one => one.StopTimeout = TimeSpan.MaxValue), StringComparison.Ordinal);
        Assert.Contains("WorkerName", Fails(one => one.WorkerName = " "), StringComparison.Ordinal);
        Assert.Contains("a namespace has at most 29", Fails(one => one.Namespaces.Add("has-a-dash")), StringComparison.Ordinal);
        Assert.Contains("a namespace has at most 29", Fails(one => one.Namespaces.Add("has_a_break\n")), StringComparison.Ordinal);

        static string Fails(Action<TaskerCoreOptions> configure)
        {
            var options = Options("Host=db", configure);
            return Assert.Throws<OptionsValidationException>(() => options.Value).Message;
        }
    }

    [Fact]
    public async Task A_database_that_is_not_tasker_cores_is_named()
    {
        var elsewhere = new NpgsqlConnectionStringBuilder(databases.Shared.ConnectionString) { Database = "postgres" }.ConnectionString;
        await using var host = CoreHost.Build(databases.Shared, new CoreFlow().Step("only"), connectionString: elsewhere);

        var exception = await Assert.ThrowsAsync<ConfigurationException>(host.StartAsync);

        Assert.Contains("was migrated by tasker-core", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_waited_for_and_then_named()
    {
        await using var proxy = new Fixture.Server.PostgresProxy(databases.Shared.ConnectionString);
        proxy.Cut();
        await using var host = CoreHost.Build(
            databases.Shared,
            new CoreFlow().Step("only"),
            options => options.StartTimeout = TimeSpan.FromSeconds(1),
            connectionString: proxy.ConnectionString);

        await Assert.ThrowsAsync<ConfigurationException>(host.StartAsync);

        Assert.True(host.Log.Count(402) > 0);
    }

    [Fact]
    public async Task A_host_without_templates_or_namespaces_is_refused()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddTasker().UseTaskerCore(databases.Shared.ConnectionString);
        using var host = builder.Build();

        var exception = await Assert.ThrowsAsync<ConfigurationException>(() => host.StartAsync(CoreHost.Token));

        Assert.Contains("serves no namespace", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_source_of_work_is_refused()
    {
        var tasker = new ServiceCollection().AddTasker().UseTaskerCore("Host=db");

        Assert.Throws<ConfigurationException>(() => tasker.UseTaskerCore("Host=db"));
    }

    private static IOptions<TaskerCoreOptions> Options(string connectionString, Action<TaskerCoreOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddTasker().UseTaskerCore(connectionString, configure);
        return services.BuildServiceProvider().GetRequiredService<IOptions<TaskerCoreOptions>>();
    }
}
