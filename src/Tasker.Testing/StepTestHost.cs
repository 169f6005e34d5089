using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Tasker.Hosting;
using Tasker.Templates;
using Tasker.Work;

namespace Tasker.Testing;

/// <summary>
/// Runs single handlers as a worker does: the generated adapter binds the parameters, calls the method and writes the outcome; exceptions are
/// classified; timeouts hold. There is no orchestrator: what a step reads is what the test gives it. Safe to use from many threads at once.
/// </summary>
/// <example>
/// <code>
/// await using var host = new StepTestHost(tasker => tasker.AddHandlers());
/// var outcome = await host.Step(Orders.Template, Orders.Steps.Price).WithInput(new Order(3)).RunAsync();
/// </code>
/// </example>
public sealed class StepTestHost : IAsyncDisposable
{
    private readonly SingleStepSource _source = new();
    private readonly IHost _host;
    private readonly Lazy<Task> _started;

    /// <summary>Creates a host. It starts with the first step that runs.</summary>
    /// <param name="configure">Adds handlers, and services that they need, as the application does. No work source.</param>
    public StepTestHost(Action<TaskerBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton<IWorkSource>(_source);
        configure(builder.Services.AddTasker().ConfigureWorker(options => options.ShutdownGrace = TimeSpan.Zero));
        _host = builder.Build();
        _started = new Lazy<Task>(() => _host.StartAsync());
    }

    /// <summary>The clock of the host. It stands still until the test moves it.</summary>
    public FakeTimeProvider Time { get; } = new();

    /// <summary>The host's services.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Prepares a run of a step of a template.</summary>
    /// <exception cref="ArgumentException">The template has no such step.</exception>
    public StepTest Step(TaskTemplate template, StepName step)
    {
        ArgumentNullException.ThrowIfNull(template);
        return template.FindStep(step.Value) is { } definition
            ? new StepTest(this, template, definition)
            : throw new ArgumentException($"Template '{template}' has no step '{step.Value}'.", nameof(step));
    }

    /// <summary>Prepares a run of a handler that no template needs to know.</summary>
    /// <param name="callable">The handler's callable.</param>
    /// <param name="method">The handler's method, when several have the callable.</param>
    public StepTest Handler(string callable, string? method = null)
    {
        var definition = new StepDefinition { Name = callable, Callable = callable, Method = method };
        var template = new TaskTemplate { Name = "test", Namespace = "test", Version = "1", Steps = [definition] };
        return new StepTest(this, template, definition);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_started.IsValueCreated)
            await _host.StopAsync().ConfigureAwait(false);
        _host.Dispose();
    }

    internal async Task<StepTestOutcome> RunAsync(ClaimedStep step)
    {
        await _started.Value.ConfigureAwait(false);
        return await _source.RunAsync(step).ConfigureAwait(false);
    }
}
