using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Tasker.Client;
using Tasker.Embedded.Crash.Simulation;
using Tasker.Embedded.Storage;

namespace Tasker.Embedded.Crash.Killing;

/// <summary>
/// The process that is killed. It runs what it finds, starts new tasks and says which ones were acknowledged; or it only finishes what it finds, delivers all
/// events, and ends.
/// </summary>
internal static class Child
{
    public const string Ready = "ready";
    public const string Acknowledged = "acknowledged ";

    /// <summary>The last process gives up when no further event has reached the subscriber for this long; one that it refused comes again sooner.</summary>
    private static readonly TimeSpan LongestStandstill = TimeSpan.FromSeconds(60);

    /// <summary>However slow the disk is.</summary>
    private static readonly TimeSpan LongestDelivery = TimeSpan.FromMinutes(30);

    private const int TasksAtOnce = 64;
    private const int MostTasks = 400;

    public static async Task<int> RunAsync(string[] args)
    {
        var seed = (int)Options.Number(args, "--seed")!.Value;
        var database = Options.Text(args, "--database")!;
        using var effects = new Effects(Options.Text(args, "--effects")!);
        var scenario = new Scenario(seed, effects);
        var durability = Options.Has(args, "--normal") ? CommitDurability.Normal : CommitDurability.Full;
        var isLast = Options.Has(args, "--drain");
        var life = (int)Options.Number(args, "--life")!.Value;
        using var subscriber = new Subscriber(
            Options.Text(args, "--deliveries")!,
            life,
            new Random(seed ^ life),
            life % 3 == 2 && !isLast ? SubscriberMood.Away : SubscriberMood.Fickle);
        using var host = Build(scenario, database, durability, Options.Number(args, "--faults") is { } faults ? new Random((int)faults) : null, subscriber);
        await host.StartAsync().ConfigureAwait(false);
        Console.WriteLine(Ready);

        var client = host.Services.GetRequiredService<ITaskClient>();
        if (isLast)
        {
            await DrainAsync(client).ConfigureAwait(false);
            await DeliverAsync(database).ConfigureAwait(false);
        }
        else
        {
            await StartTasksAsync(client, scenario, (int)Options.Number(args, "--first")!.Value).ConfigureAwait(false);
        }

        await host.StopAsync().ConfigureAwait(false);
        return 0;
    }

    /// <summary>A host as an application would have it.</summary>
    /// <param name="scenario">Its workflows.</param>
    /// <param name="database">The file.</param>
    /// <param name="durability">When a commit counts as done.</param>
    /// <param name="faults">When the disk fails; <see langword="null"/> for one that does not.</param>
    /// <param name="subscriber">Gets the events, when somebody does.</param>
    public static IHost Build(Scenario scenario, string database, CommitDurability durability, Random? faults, Subscriber? subscriber)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var tasker = builder.Services.AddTasker().UseEmbedded("Data Source=" + database, options => options.Durability = durability);
        foreach (var workflow in scenario.Workflows)
            tasker.AddRegistry(workflow);
        if (subscriber is not null)
            tasker.AddEventPublisher(Workflow.Publisher, subscriber.Publish).AddEventSubscriber("step.*", subscriber.ReceiveAsync);
        if (faults is not null)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton<ITaskStore>(_ => new FaultyStore(
                new SqliteTaskStore("Data Source=" + database, durability),
                faults)));
        }

        return builder.Build();
    }

    private static async Task StartTasksAsync(ITaskClient client, Scenario scenario, int first)
    {
        var gate = new Lock();
        var next = first;
        await Task.WhenAll(Enumerable.Range(0, TasksAtOnce).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var number && number < first + MostTasks)
            {
                try
                {
                    var task = await client.StartJsonAsync(scenario.WorkflowOf(number).Template, Scenario.ContextOf(number)).ConfigureAwait(false);
                    lock (gate)
                        Console.WriteLine(Acknowledged + number.ToString(CultureInfo.InvariantCulture) + " " + task.Id);
                    await task.WaitAsync().ConfigureAwait(false);
                }
                catch (TaskStoreException)
                {
                    // Refused: nobody was told that it exists.
                }
            }
        }))).ConfigureAwait(false);
        await Task.Delay(Timeout.Infinite).ConfigureAwait(false);
    }

    /// <summary>Waits for all that goes on. A disk that refuses is asked again: each question makes the engine try the commit once more.</summary>
    private static async Task DrainAsync(ITaskClient client)
    {
        var unfinished = new TaskFilter { States = [.. Enum.GetValues<TaskState>().Where(state => !state.IsSettled())], PageSize = TaskFilter.MaxPageSize };
        while (true)
        {
            try
            {
                await foreach (var task in client.ListAllAsync(unfinished).ConfigureAwait(false))
                    await client.WaitAsync(task.TaskId).ConfigureAwait(false);
                return;
            }
            catch (TaskStoreException)
            {
                // Refused for the moment.
            }
        }
    }

    /// <summary>Waits until the subscriber has all events. Those that it refused come again after a while.</summary>
    private static async Task DeliverAsync(string database)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var (all, progress) = (Stopwatch.StartNew(), Stopwatch.StartNew());
        var (first, least) = (Count(database), long.MaxValue);
        while (Count(database) is > 0 and var left)
        {
            if (left < least)
            {
                least = left;
                progress.Restart();
            }

            if (progress.Elapsed > LongestStandstill || all.Elapsed > LongestDelivery)
            {
                throw new SimulationException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{left} of {first} events are still not delivered after {all.Elapsed.TotalSeconds:0} s, and the last was {progress.Elapsed.TotalSeconds:0} s ago."));
            }

            await look.WaitForNextTickAsync().ConfigureAwait(false);
        }
    }

    /// <summary>How many events are kept, seen past the store and its faults.</summary>
    private static long Count(string database)
    {
        using var connection = new SqliteConnection("Mode=ReadOnly;Data Source=" + database);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM outbox";
        return (long)command.ExecuteScalar()!;
    }
}
