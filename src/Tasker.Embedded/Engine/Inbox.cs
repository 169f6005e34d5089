namespace Tasker.Embedded.Engine;

/// <summary>The commands that wait for the engine. Anybody may add one; the engine takes all of them at once.</summary>
internal sealed class Inbox
{
    private readonly Lock _gate = new();
    private List<Command> _commands = [];
    private volatile bool _isEmpty = true;

    /// <summary>Whether no command waits.</summary>
    public bool IsEmpty => _isEmpty;

    public void Add(Command command)
    {
        lock (_gate)
        {
            _commands.Add(command);
            _isEmpty = false;
        }
    }

    /// <summary>Takes all commands.</summary>
    /// <param name="taken">An empty list to collect the next ones in; afterwards, the commands.</param>
    public void TakeAll(ref List<Command> taken)
    {
        if (_isEmpty)
            return;
        lock (_gate)
        {
            (_commands, taken) = (taken, _commands);
            _isEmpty = true;
        }
    }
}
