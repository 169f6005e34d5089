using Microsoft.Extensions.Logging;
using Tasker.Postgres.Messages;
using Tasker.Postgres.Telemetry;

namespace Tasker.Postgres.Claims;

/// <summary>Says once of each message that it is left in its queue and why; it comes by again and again.</summary>
internal sealed class LeftMessages(ILogger logger)
{
    private const int Remembered = 10_000;

    private readonly HashSet<(string Queue, Guid Step, long Id, string Problem)> _said = [];

    public void Note(StepMessage message, string problem)
    {
        if (_said.Count == Remembered)
            _said.Clear();
        // A message that comes again from a broker has another id then.
        if (_said.Add((message.Queue, message.StepId, message.StepId == Guid.Empty ? message.Id : 0, problem)))
            Log.MessageLeft(logger, message.Id, message.Queue, problem);
    }
}
