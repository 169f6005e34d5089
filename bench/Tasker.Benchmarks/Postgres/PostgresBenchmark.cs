using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Tasker.Benchmarks.Engine;
using Tasker.Postgres.Fixture;
using Tasker.Postgres.Fixture.RabbitMq;
using Tasker.Postgres.Fixture.Server;

namespace Tasker.Benchmarks.Postgres;

/// <summary>Measures a worker of tasker-core against a private PostgreSQL server, with its commits on disk.</summary>
internal sealed class PostgresBenchmark(TestDatabase database, int steps, int slots)
{
    /// <summary>A worker runs for days: so many unmeasured drains later the compiler has done with it.</summary>
    private const int WarmUps = 3;

    public static async Task<int> RunAsync(string[] args)
    {
        var quick = args.Contains("--quick");
        await using var database = await TestDatabase.CreateAsync("shared_buffers=256MB", "max_wal_size=4GB");
        var benchmark = new PostgresBenchmark(database, quick ? 2_000 : 10_000, slots: 256);
        var version = await database.DataSource.ScalarAsync<string>("SHOW server_version");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $".NET {Environment.Version}, PostgreSQL {version}, {Environment.ProcessorCount} processors, {benchmark.Steps:#,0} steps, {benchmark.Slots} slots"));
        Console.WriteLine(await database.DataSource.ScalarAsync<string>(
            """
            SELECT 'Server settings: ' || string_agg(name || ' = ' || setting || COALESCE(unit, ''), ', ' ORDER BY name)
            FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'wal_sync_method', 'shared_buffers')
            """));
        if (database.Server is not null)
        {
            var compiled = await database.DataSource.ScalarAsync<string>("SELECT COALESCE(substring(setting FROM '-O\\w+'), 'no -O') FROM pg_config WHERE name = 'CFLAGS'");
            Console.WriteLine($"The server was compiled with {compiled}, which counts: see docs/adr/0014-drain.md.");
        }

        Console.WriteLine($"Before the first measured drain {WarmUps} others warm up the worker's code.");
        Console.WriteLine("The bare loop reads messages with pgmq.read, writes one column of their steps and archives them, one transaction a batch.");
        Figures.WriteHeader();
        await using var beside = new PgmqBenchQueues(database, besideSteps: true);
        await benchmark.RegisterAsync(beside);
        for (var warmUp = 0; warmUp < WarmUps; warmUp++)
            await benchmark.DrainAsync(null, TimeSpan.Zero, null, null, beside);
        var bare = new BareConsumer(database.DataSource, benchmark.Slots);
        var floor = await bare.DrainAsync(benchmark.Steps);
        await benchmark.DrainAsync("drain of enqueued steps, local server", TimeSpan.Zero, 3000, floor, beside);
        await benchmark.LatencyAsync(quick ? 100 : 500, await bare.LatencyAsync(quick ? 100 : 500));
        await benchmark.DrainAsync("drain, 1 ms more each way", TimeSpan.FromMilliseconds(1), 1000, floor, beside);
        await using var queues = await database.AddAsync("queues");
        await using var elsewhere = new PgmqBenchQueues(queues, besideSteps: false);
        await benchmark.RegisterAsync(elsewhere);
        await benchmark.DrainAsync("drain, queues in another database", TimeSpan.Zero, null, floor, elsewhere);
        await benchmark.RabbitAsync(floor);
        return 0;
    }

    private async Task RabbitAsync(double floor)
    {
        if (!RabbitServer.IsInstalled)
        {
            Console.WriteLine("Without a figure for RabbitMQ: no broker is installed (package rabbitmq-server).");
            return;
        }

        await using var server = await RabbitServer.StartAsync();
        await using var connection = await AmqpQueues.ConnectAsync(server.Url);
        var rabbit = new RabbitBenchQueues(server.Url, connection);
        await RegisterAsync(rabbit);
        await DrainAsync("drain, RabbitMQ", TimeSpan.Zero, null, floor, rabbit);
    }

    private int Steps { get; } = steps;

    private int Slots { get; } = slots;

    private async Task RegisterAsync(IBenchQueues queues)
    {
        using var host = Build(database.ConnectionString, queues);
        await host.StartAsync();
        await host.StopAsync();
    }

    /// <summary>
    /// Everything is enqueued before the worker starts; measured from when it has started, which is when it makes its first claim. Without a name nothing is
    /// printed.
    /// </summary>
    private async Task DrainAsync(string? name, TimeSpan delay, double? target, double? floor, IBenchQueues queues)
    {
        var count = Steps;
        await queues.SendAsync(await Seed.EnqueueAsync(database.DataSource, TrivialFlow.Namespace, TrivialFlow.StepName, TrivialFlow.StepName, count));
        await database.DataSource.ExecuteAsync("ANALYZE");
        var results = await queues.CountResultsAsync();
        await using var proxy = new PostgresProxy(database.ConnectionString, delay);
        using var host = Build(delay > TimeSpan.Zero ? proxy.ConnectionString : database.ConnectionString, queues);
        await host.StartAsync();
        var (server, worker) = (database.Server?.ProcessorTime(), Environment.CpuUsage.TotalTime);
        var watch = Stopwatch.StartNew();
        while (await results() < count)
            await Task.Delay(20);
        watch.Stop();
        var workerTime = Environment.CpuUsage.TotalTime - worker;
        var serverTime = database.Server?.ProcessorTime() - server;
        await host.StopAsync();
        if (name is null)
            return;
        var rate = count / watch.Elapsed.TotalSeconds;
        Figures.Write(name, "steps/s", rate, target, floor, floor / rate, moreIsBetter: true);
        if (delay > TimeSpan.Zero)
            Figures.Write("  statements a step, all of the worker's", "count", proxy.Statements.Values.Sum() / (double)count, 2, null, null, moreIsBetter: false);
        Figures.Write("  processor time a step, worker", "ms", workerTime.TotalMilliseconds / count, null, null, null, moreIsBetter: false);
        if (serverTime is { } used)
            Figures.Write("  processor time a step, server", "ms", used.TotalMilliseconds / count, null, null, null, moreIsBetter: false);
    }

    /// <summary>One step at a time: from the moment its message is announced to the moment the orchestrator hears of its result.</summary>
    private async Task LatencyAsync(int count, double floor)
    {
        var waiting = await Seed.EnqueueAsync(database.DataSource, TrivialFlow.Namespace, TrivialFlow.StepName, TrivialFlow.StepName, count);
        await database.DataSource.ExecuteAsync($"SELECT pgmq.archive('{TrivialFlow.Queue}', msg_id) FROM pgmq.q_{TrivialFlow.Queue}");
        await using var orchestrator = await database.DataSource.OpenConnectionAsync();
        await using (var listen = new NpgsqlCommand("LISTEN \"pgmq_message_ready.orchestration\"", orchestrator))
            await listen.ExecuteNonQueryAsync();
        await using var proxy = new PostgresProxy(database.ConnectionString);
        using var host = Build(proxy.ConnectionString, queues: null, TimeSpan.FromHours(1));
        await host.StartAsync();
        await Task.Delay(500);
        var before = proxy.Statements.Values.Sum();
        var times = new List<double>(count);
        foreach (var step in waiting)
        {
            await Seed.SendAsync(database.DataSource, TrivialFlow.Namespace, step);
            var sent = Stopwatch.GetTimestamp();
            await orchestrator.WaitAsync();
            times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
        }

        var statements = proxy.Statements.Values.Sum() - before;
        await host.StopAsync();
        times.Sort();
        Figures.Write("notification to result message, idle, p50", "ms", times[count / 2], 5, floor, times[count / 2] / floor, moreIsBetter: false);
        Figures.Write("notification to result message, idle, p99", "ms", times[count * 99 / 100], null, null, null, moreIsBetter: false);
        Figures.Write("  statements a step, all of the worker's", "count", statements / (double)count, null, null, null, moreIsBetter: false);
    }

    private IHost Build(string connectionString, IBenchQueues? queues, TimeSpan? pollInterval = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var tasker = builder.Services.AddTasker()
            .AddRegistry(new TrivialFlow())
            .ConfigureWorker(options => options.MaxConcurrency = Slots)
            .UseTaskerCore(connectionString, options => options.PollInterval = pollInterval ?? options.PollInterval);
        queues?.UseBy(tasker);
        return builder.Build();
    }
}
