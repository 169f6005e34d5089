using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Tasker.Client;
using Tasker.Handlers;
using Tasker.Hosting;
using Tasker.Templates;

namespace Tasker.Testing;

/// <summary>
/// Runs whole workflows in memory on a fake clock: the embedded engine, the worker and the application's handlers, of which a test may replace
/// some. Retries and backoff take no time; the clock moves on by itself while nothing of a task runs. Safe to use from many threads at once.
/// </summary>
/// <example>
/// <code>
/// await using var host = new WorkflowTestHost(tasker => tasker.AddHandlers());
/// var task = await host.RunAsync(Orders.Template, new Order(3));
/// task.Completed();
/// </code>
/// </example>
public sealed class WorkflowTestHost : IAsyncDisposable
{
    private readonly StepFakes _fakes = new();
    private readonly IHost _host;
    private readonly Lazy<Task> _started;

    /// <summary>Creates a host. It starts with the first task.</summary>
    /// <param name="configure">Adds handlers, and services that they need, as the application does. No work source.</param>
    public WorkflowTestHost(Action<TaskerBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<TimeProvider>(Time);
        var tasker = builder.Services.AddTasker().ConfigureWorker(options => options.ShutdownGrace = TimeSpan.Zero);
        configure(tasker);
        tasker.UseEmbeddedInMemory();
        Intercept(builder.Services);
        _host = builder.Build();
        _started = new Lazy<Task>(() => _host.StartAsync());
    }

    /// <summary>The clock. Move it yourself when a handler waits on it.</summary>
    public FakeTimeProvider Time { get; } = new();

    /// <summary>The host's services.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>How long, by a real clock, a task may go without any change before a test gives up. Default 30 seconds.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Lets a step return a value in place of running its handler, which need not exist.</summary>
    /// <typeparam name="TResult">What the step's handler returns.</typeparam>
    public WorkflowTestHost Fake<TResult>(StepRef<TResult> step, TResult result) => Fake(step, _ => result);

    /// <summary>Lets a function run in place of a step's handler, which need not exist. What it throws is classified as usual.</summary>
    /// <typeparam name="TResult">What the step's handler returns.</typeparam>
    public WorkflowTestHost Fake<TResult>(StepRef<TResult> step, Func<StepContext, TResult> run)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(run);
        return Fake((StepName)step, (context, outcome) => StepJson.SetValue(outcome, step, run(context)));
    }

    /// <summary>Lets a function run in place of a step's handler and set the outcome itself: for decisions, plans and failures.</summary>
    /// <param name="step">The template step; all instances of a batch worker.</param>
    /// <param name="run">Sets the outcome. Called from any thread.</param>
    public WorkflowTestHost Fake(StepName step, Action<StepContext, StepOutcome> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        _fakes.Set(step.Value, run);
        return this;
    }

    /// <summary>Lets the first attempts of a step fail before its handler, or its fake, runs.</summary>
    /// <param name="step">The template step.</param>
    /// <param name="failures">What the first attempts fail with, in order.</param>
    public WorkflowTestHost FailFirst(StepName step, params IEnumerable<StepFailure> failures)
    {
        ArgumentNullException.ThrowIfNull(failures);
        _fakes.FailFirst(step.Value, [.. failures]);
        return this;
    }

    /// <summary>Starts a task and follows it to its end.</summary>
    /// <typeparam name="TInput">The type of the template's context.</typeparam>
    /// <exception cref="ExpectationException">The task came to a stop: nothing of it changed for <see cref="Patience"/>.</exception>
    public async Task<WorkflowTestRun> RunAsync<TInput>(TaskTemplate<TInput> template, TInput input, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(template);
        return await RunJsonAsync(template, template.InputCodec.ToUtf8(input), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Starts a task whose steps read nothing of its context and follows it to its end.</summary>
    /// <exception cref="ExpectationException">The task came to a stop: nothing of it changed for <see cref="Patience"/>.</exception>
    public Task<WorkflowTestRun> RunAsync(TaskTemplate<NoInput> template, CancellationToken cancellationToken = default) => RunAsync(template, default, cancellationToken);

    /// <summary>Starts a task with a context that is already JSON and follows it to its end.</summary>
    /// <exception cref="ExpectationException">The task came to a stop: nothing of it changed for <see cref="Patience"/>.</exception>
    public async Task<WorkflowTestRun> RunJsonAsync(TaskTemplate template, ReadOnlyMemory<byte> context, CancellationToken cancellationToken = default)
    {
        var client = await ClientAsync().ConfigureAwait(false);
        var started = Time.GetUtcNow();
        var task = await client.StartJsonAsync(template, context, cancellationToken: cancellationToken).ConfigureAwait(false);
        return new WorkflowTestRun(await FollowAsync(client, task.Id, cancellationToken).ConfigureAwait(false), Time.GetUtcNow() - started);
    }

    /// <summary>The client of the started host, for tasks that a test follows itself.</summary>
    public async Task<ITaskClient> ClientAsync()
    {
        await _started.Value.ConfigureAwait(false);
        return _host.Services.GetRequiredService<ITaskClient>();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_started.IsValueCreated)
            await _host.StopAsync().ConfigureAwait(false);
        _host.Dispose();
    }

    /// <summary>Moves the clock to the next retry whenever the task has nothing else to do.</summary>
    private async Task<TaskSnapshot> FollowAsync(ITaskClient client, Guid taskId, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        var last = default(TaskSnapshot);
        try
        {
            await foreach (var _ in client.WatchAsync(taskId, patience.Token).ConfigureAwait(false))
            {
                patience.CancelAfter(Patience);

                // Asked for anew: when this is answered, the engine has set the timers of the change before.
                last = await client.GetAsync(taskId, patience.Token).ConfigureAwait(false);
                if (last is not null && NextRetry(last) is { } due && due > Time.GetUtcNow())
                    Time.Advance(WholeMilliseconds(due - Time.GetUtcNow()));
            }

            return await client.WaitAsync(taskId, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var open = last?.Steps.Where(step => !step.State.IsTerminal()).Select(step => $"'{step.Name}' ({step.State.ToName()})") ?? [];
            throw new ExpectationException(
                $"Nothing of the task changed for {Patience}. Not finished: {string.Join(", ", open)}. When a handler waits on the clock, move {nameof(Time)} on.");
        }
    }

    /// <summary>The engine's timers count whole milliseconds, from when they were set.</summary>
    private static TimeSpan WholeMilliseconds(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds) + 1);

    /// <returns>When the next retry is due; nothing while a step runs or is about to.</returns>
    private static DateTimeOffset? NextRetry(TaskSnapshot task)
    {
        var next = default(DateTimeOffset?);
        foreach (var step in task.Steps)
        {
            if (step.State is StepState.Pending || step.State.IsTerminal())
                continue;
            if (step.State is not StepState.WaitingForRetry)
                return null;
            if (next is null || step.NextAttemptAt < next)
                next = step.NextAttemptAt;
        }

        return next;
    }

    private void Intercept(IServiceCollection services)
    {
        for (var i = 0; i < services.Count; i++)
        {
            if (services[i].ImplementationInstance is HandlerRegistry registry)
                services[i] = ServiceDescriptor.Singleton<HandlerRegistry>(new FakeableRegistry(registry, _fakes, services));
        }
    }
}
