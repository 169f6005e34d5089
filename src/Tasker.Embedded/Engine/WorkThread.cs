namespace Tasker.Embedded.Engine;

/// <summary>
/// A thread that works when it is woken. For what waits for the disk: there a thread of the pool would be missing for handlers. It is started when it is
/// first needed.
/// </summary>
/// <param name="name">The thread's name.</param>
/// <param name="work">What to do when woken; does not throw.</param>
internal sealed class WorkThread(string name, Action work)
{
    private readonly object _gate = new();
    private Thread? _thread;
    private int _woken;
    private bool _stopped;

    /// <summary>Has the work done once more.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _woken++;
            Monitor.Pulse(_gate);
            if (_thread is not null)
                return;
            _thread = new Thread(Run) { IsBackground = true, Name = name };
            _thread.UnsafeStart();
        }
    }

    /// <summary>Ends the thread when its present work is done. Callable on the thread itself.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits until the stopped thread has ended.</summary>
    public void Join() => _thread?.Join();

    private void Run()
    {
        while (WaitForWork())
            work();
    }

    private bool WaitForWork()
    {
        lock (_gate)
        {
            while (_woken == 0 && !_stopped)
                Monitor.Wait(_gate);
            if (_stopped)
                return false;
            _woken--;
            return true;
        }
    }
}
