using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Tasker.Client;
using Tasker.Embedded.Engine;
using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Storage;
using Tasker.Work;

namespace Tasker.Embedded.Crash.Simulation;

/// <summary>The engine from its start to its end, which is a crash most of the time.</summary>
internal sealed class Life : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly EmbeddedEngine _engine;

    public Life(IEnumerable<Workflow> workflows, UnreliableStore store, TimeProvider time, Random random, DefectLog defects)
    {
        var services = new ServiceCollection();
        services.AddSingleton(time);
        services.AddLogging(logging => logging.AddProvider(defects));
        var tasker = services.AddTasker().UseEmbeddedInMemory();
        foreach (var workflow in workflows)
            tasker.AddRegistry(workflow);
        services.Replace(ServiceDescriptor.Singleton<ITaskStore>(store));
        services.Replace(ServiceDescriptor.Singleton(new RetrySchedule(random)));
        _services = services.BuildServiceProvider();
        _engine = _services.GetRequiredService<EmbeddedEngine>();
        Client = _services.GetRequiredService<ITaskClient>();
        Work = _services.GetRequiredService<IWorkSource>();
        Store = store;
        _engine.Start();
    }

    public ITaskClient Client { get; }

    public IWorkSource Work { get; }

    public UnreliableStore Store { get; }

    /// <summary>Slots that wait for a step.</summary>
    public List<Slot> Slots { get; } = [];

    /// <summary>Steps that are being run.</summary>
    public List<ClaimedStep> Running { get; } = [];

    public void Dispose()
    {
        // What has not been stored is lost.
        _engine.Dispose();
        _services.Dispose();
    }

    /// <summary>A slot that waits for a step.</summary>
    internal sealed class Slot(ValueTask<ClaimedStep> claim)
    {
        /// <summary>Takes the step if there is one. Called until it does, and not again.</summary>
        public ClaimedStep? TryTake() => claim.IsCompleted ? claim.GetAwaiter().GetResult() : null;
    }
}
