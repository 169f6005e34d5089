using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using Tasker.Postgres.Fixture;
using Tasker.Postgres.Fixture.Orchestrator;
using Tasker.Postgres.Fixture.RabbitMq;
using Tasker.Postgres.Tests.Support;

namespace Tasker.Postgres.Tests;

/// <summary>Publishes the worker sample with Native AOT and lets it work on both workflows.</summary>
public sealed partial class SampleTests(Databases databases) : IDisposable
{
    private const string Approvals = "conditional_approval";
    private const string Products = "data_processing";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tasker-core-worker-");

    private NpgsqlDataSource Database => databases.Shared.DataSource;

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Once with PGMQ and once over RabbitMQ, with one executable: publishing takes minutes.</summary>
    [Fact]
    public async Task The_published_worker_runs_both_workflows_and_stops_when_it_is_told_to()
    {
        var executable = await PublishAsync();
        await RunAsync(executable, null, ("DATABASE_URL", Url()), ("TASKER_NAMESPACE", $"{Approvals}, {Products}"));

        await using var broker = await RabbitServer.StartAsync();
        await using var queues = await AmqpQueues.ConnectAsync(broker.Url);
        foreach (var queue in new[] { AmqpQueues.Steps(Approvals), AmqpQueues.Steps(Products), AmqpQueues.Results })
            await queues.DeclareAsync(queue);
        await RunAsync(executable, queues, ("DATABASE_URL", Url()), ("TASKER_MESSAGING_BACKEND", "rabbitmq"), ("RABBITMQ_URL", broker.Url));

        using var misled = Start(executable, ("DATABASE_URL", Url()), ("TASKER_MESSAGING_BACKEND", "carrier pigeon"));
        Assert.Contains("it must be pgmq or rabbitmq", await misled.StandardError.ReadToEndAsync(CoreHost.Token), StringComparison.Ordinal);
        await misled.WaitForExitAsync(CoreHost.Token);
        Assert.Equal(1, misled.ExitCode);
    }

    private async Task RunAsync(string executable, IOrchestratorQueues? queues, params (string Name, string Value)[] variables)
    {
        using var worker = Start(executable, variables);
        var late = new List<Guid>();
        var output = worker.StandardOutput.ReadToEndAsync(CoreHost.Token);
        var error = worker.StandardError.ReadToEndAsync(CoreHost.Token);
        try
        {
            await Database.UntilAsync(
                "SELECT count(*) = 2 FROM tasker.named_tasks t JOIN tasker.task_namespaces n USING (task_namespace_uuid) WHERE n.name IN ($1, $2)", Approvals, Products);
            await using var orchestrator = new StandInOrchestrator(Database, queues);
            var small = await orchestrator.StartTaskAsync(Approvals, "approval_routing", "1.0.0", """{"amount":500,"requester":"ann","purpose":"pens"}""");
            var large = await orchestrator.StartTaskAsync(Approvals, "approval_routing", "1.0.0", """{"amount":9000,"requester":"bob","purpose":"van"}""");
            var inventory = await orchestrator.StartTaskAsync(
                Products,
                "csv_inventory",
                "1.0.0",
                $$"""{"csv_file_path":"{{JsonEncodedText.Encode(await WriteProductsAsync())}}","batch_size":200}""");

            foreach (var task in new[] { small, large, inventory })
                Assert.Equal("complete", await orchestrator.WaitAsync(task, CoreHost.Token));
            Assert.Equal(["auto_approve"], await ApprovalsAsync(small));
            Assert.Equal(["finance_review", "manager_approval"], await ApprovalsAsync(large));
            Assert.Equal("1000", await Database.StepAsync(inventory, "aggregate_csv_results", "results #>> '{result,total_processed}'"));
            Assert.Equal("5", await Database.StepAsync(inventory, "aggregate_csv_results", "results #>> '{result,worker_count}'"));

            // It stops in the middle of these.
            for (var i = 0; i < 20; i++)
                late.Add(await orchestrator.StartTaskAsync(Approvals, "approval_routing", "1.0.0", """{"amount":500,"requester":"ann","purpose":"ink"}"""));
        }
        finally
        {
            using var terminate = Process.Start("kill", ["-TERM", worker.Id.ToString(CultureInfo.InvariantCulture)]);
            if (!worker.WaitForExit(TimeSpan.FromSeconds(30)))
                worker.Kill();
        }

        Assert.Equal((0, ""), (worker.ExitCode, await error));
        Assert.Contains("Worker stopped", await output, StringComparison.Ordinal);
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM tasker.workflow_steps WHERE in_process AND task_uuid = ANY ($1)", late.ToArray()));
    }

    private async Task<string> PublishAsync()
    {
        var platform = RuntimeInformation.RuntimeIdentifier;

        // In a folder of its own: other tests build the same projects at the same time.
        var root = Path.Combine(_folder.FullName, "build") + Path.DirectorySeparatorChar;
        var start = new ProcessStartInfo(
            "dotnet", ["publish", "samples/TaskerCoreWorker", "-c", "Release", "-r", platform, $"-p:IsolatedBuildRoot={root}", "-nodeReuse:false"])
        {
            WorkingDirectory = RepositoryRoot(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        using var publish = Process.Start(start)!;
        var said = await Task.WhenAll(publish.StandardOutput.ReadToEndAsync(CoreHost.Token), publish.StandardError.ReadToEndAsync(CoreHost.Token));
        await publish.WaitForExitAsync(CoreHost.Token);
        Assert.True(publish.ExitCode == 0, string.Concat(said));
        Assert.DoesNotMatch(Warning(), string.Concat(said));
        return Path.Combine(root, "bin", "TaskerCoreWorker", "Release", "net10.0", platform, "publish", "TaskerCoreWorker");
    }

    private static Process Start(string executable, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(executable) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>The database in the form of tasker-core's own variable.</summary>
    private string Url()
    {
        var parts = new NpgsqlConnectionStringBuilder(databases.Shared.ConnectionString);
        return $"postgresql://{parts.Username}:{Uri.EscapeDataString(parts.Password ?? "")}@{parts.Host}:{parts.Port}/{parts.Database}";
    }

    private async Task<string> WriteProductsAsync()
    {
        var path = Path.Combine(_folder.FullName, "products.csv");
        var text = new StringBuilder("title,category,price,rating,stock\n");
        for (var i = 0; i < 1000; i++)
            text.Append(CultureInfo.InvariantCulture, $"Product {i},category {i % 7},{i % 50}.50,4.5,{i % 20}\n");
        await File.WriteAllTextAsync(path, text.ToString(), CoreHost.Token);
        return path;
    }

    private Task<List<string>> ApprovalsAsync(Guid task) => Database.QueryAsync(
        """
        SELECT ns.name FROM tasker.workflow_steps ws JOIN tasker.named_steps ns USING (named_step_uuid)
        WHERE ws.task_uuid = $1 AND ns.name IN ('auto_approve', 'manager_approval', 'finance_review') ORDER BY ns.name
        """,
        row => row.GetString(0),
        task);

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Tasker.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }

    [GeneratedRegex(@"\bwarning\b(?! NU190[1-4])|\bIL[23]\d{3}\b", RegexOptions.IgnoreCase)]
    private static partial Regex Warning();
}
