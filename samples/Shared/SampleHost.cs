using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tasker.Client;
using Tasker.Embedded;
using Tasker.Templates;
using Tasker.Worker;

namespace Tasker.Samples;

/// <summary>Runs one command in a host with Tasker.</summary>
internal static class SampleHost
{
    /// <summary>What a shell expects of a program that Ctrl+C ended.</summary>
    private const int Interrupted = 130;

    /// <summary>Starts the host, runs the command and stops the host, also when Ctrl+C asks for it.</summary>
    /// <param name="database">The SQLite file that tasks survive in; <see langword="null"/> keeps them in memory.</param>
    /// <param name="template">The workflow.</param>
    /// <param name="command">The command; gets what continues or starts tasks of the workflow, returns the exit code.</param>
    /// <exception cref="TaskStoreException">The SQLite file cannot be used.</exception>
    /// <param name="cancellationToken">Stops the command as Ctrl+C does.</param>
    public static async Task<int> RunAsync<TInput>(
        string? database,
        TaskTemplate<TInput> template,
        Func<ResumableTasks<TInput>, CancellationToken, Task<int>> command,
        CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);

        // Whoever presses Ctrl+C waits for the program: a batch goes on from its checkpoint in the next run.
        builder.Services.Configure<WorkerOptions>(options => options.ShutdownGrace = TimeSpan.Zero);

        // Services start in the order in which they are added: this one before the worker.
        builder.Services.AddSingleton(services => new ResumableTasks<TInput>(services.GetRequiredService<ITaskClient>(), template));
        builder.Services.AddHostedService(services => services.GetRequiredService<ResumableTasks<TInput>>());

        var tasker = builder.Services.AddTasker().AddHandlers();
        if (database is null)
            tasker.UseEmbeddedInMemory();
        else
            tasker.UseEmbedded(new SqliteConnectionStringBuilder { DataSource = database }.ConnectionString);

        using var host = builder.Build();
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        try
        {
            await host.StartAsync(stop.Token);
            return await command(host.Services.GetRequiredService<ResumableTasks<TInput>>(), stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Interrupted;
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }
}
