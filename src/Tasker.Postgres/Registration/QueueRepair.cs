using Tasker.Postgres.Hosting;
using Tasker.Postgres.Telemetry;
using Tasker.Telemetry;

namespace Tasker.Postgres.Registration;

/// <summary>Creates the queues again when one is found missing: an enqueued step whose queue does not exist is stranded (protocol sheet §2.1).</summary>
internal sealed class QueueRepair(Registrar registrar, ServedTemplates served, SafeLogger<QueueRepair> logger)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Log.QueueMissing(logger);
        await registrar.RegisterAsync(served.Namespaces, [], cancellationToken).ConfigureAwait(false);
    }
}
