using Microsoft.Extensions.Hosting;
using Tasker.Client;
using Tasker.Embedded.Engine;
using Tasker.Embedded.Telemetry;
using Tasker.Hosting;
using Tasker.Telemetry;

namespace Tasker.Embedded.Hosting;

/// <summary>
/// Starts the engine before any hosted service starts, and stops it after all have stopped: the worker finds it running, and can hand in its
/// last outcomes.
/// </summary>
internal sealed class EngineService(EmbeddedEngine engine, TemplateCatalog templates, StartRequestValidator requests, SafeLogger<EmbeddedEngine> logger)
    : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var template in templates.All)
        {
            if (!requests.ChecksSchemaOf(template))
                Log.SchemaNotChecked(logger, template);
        }

        engine.Start();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => engine.StopAsync();
}
