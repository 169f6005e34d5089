using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Tasker.Postgres.Claims;
using Tasker.Postgres.Completions;
using Tasker.Postgres.Database;
using Tasker.Postgres.Messages;
using Tasker.Postgres.Recovery;
using Tasker.Postgres.Registration;
using Tasker.Postgres.Telemetry;
using Tasker.Telemetry;
using Tasker.Templates;

namespace Tasker.Postgres.Hosting;

/// <summary>
/// Registers and connects before any hosted service starts, and stores the last outcomes after all have stopped (protocol sheet §3.1, Appendix C: register,
/// then listen, then look into the queues once).
/// </summary>
internal sealed class TaskerCoreService(
    Registrar registrar,
    SendFunction function,
    ServedTemplates served,
    LifeSign lifeSign,
    ClaimPump pump,
    CompletionQueue completions,
    Housekeeping housekeeping,
    IOptions<TaskerCoreOptions> options,
    TimeProvider time,
    SafeLogger<TaskerCoreService> logger,
    IMessageTransport? elsewhere = null,
    ResultAnnouncer? announcer = null) : IHostedLifecycleService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var changed in await RegisterAsync(cancellationToken).ConfigureAwait(false))
        {
            if (options.Value.TemplateChanged is { } tell)
                await tell($"tasker:task_template:{changed.Namespace}:{changed.Name}:{changed.Version}", cancellationToken).ConfigureAwait(false);
        }

        announcer?.Start();
        completions.Start();
        pump.Start();
        lifeSign.Start();
        elsewhere?.Start([.. served.Namespaces.Select(QueueNames.Steps)], pump);
        housekeeping.Start();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => elsewhere?.StopReceivingAsync() ?? Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await pump.StopAsync().ConfigureAwait(false);
        await housekeeping.StopAsync().ConfigureAwait(false);
        var began = time.GetTimestamp();
        await HandBackAsync(cancellationToken).ConfigureAwait(false);
        var left = options.Value.StopTimeout - time.GetElapsedTime(began);
        await completions.StopAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero).ConfigureAwait(false);
        if (announcer is not null)
            await announcer.StopAsync(options.Value.StopTimeout).ConfigureAwait(false);
        // Last: by it others see that this worker lives.
        await lifeSign.StopAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Batches that gave their slots away and got none again. Those for which there is no room, as when the database is away, stay claimed: recovery reports them when this worker is gone.
    /// </summary>
    private async Task HandBackAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Value.StopTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var left = 0;
        while (pump.TryTakeResumed(out var step))
        {
            try
            {
                await completions.AddAsync(PendingOutcome.Unfinished(step, time.GetUtcNow()), either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                left++;
            }
        }

        if (left > 0)
            Log.StepsNotHandedBack(logger, left);
    }

    private async Task<IReadOnlyList<TaskTemplate>> RegisterAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                var changed = await registrar
                    .RegisterAsync(served.Namespaces, options.Value.RegisterTemplates ? served.Templates : [], cancellationToken)
                    .ConfigureAwait(false);
                if (elsewhere is null)
                    await function.CheckAsync(cancellationToken).ConfigureAwait(false);
                return changed;
            }
            catch (Exception exception) when (SqlErrors.IsPassing(exception) && time.GetElapsedTime(started) < options.Value.StartTimeout)
            {
                Log.NotReachable(logger, RetryDelay, exception.Message);
                await Task.Delay(RetryDelay, time, cancellationToken).ConfigureAwait(false);
            }
            catch (NpgsqlException exception)
            {
                throw new ConfigurationException(
                    $"This worker cannot register with tasker-core: {exception.Message} " +
                    "Check the connection string, and that the database was migrated by tasker-core 0.1.8 (schemas tasker and pgmq).",
                    exception);
            }
            catch (IOException exception)
            {
                throw new ConfigurationException($"This worker cannot create its queues: {exception.Message} Check their address.", exception);
            }
        }
    }
}
