namespace Tasker.Embedded.Engine;

/// <summary>
/// A thread of the engine's own. It spends most of its time in commits, where a thread of the pool would be missing for handlers. It is started
/// when it is first needed.
/// </summary>
/// <param name="work">What to do when woken; does not throw.</param>
internal sealed class EngineThread(Action work)
{
    private readonly SemaphoreSlim _wake = new(0);
    private bool _started;
    private volatile bool _stopped;

    /// <summary>Has the work done once more. Only one caller at a time.</summary>
    public void Wake()
    {
        _wake.Release();
        if (_started)
            return;
        _started = true;
        new Thread(Run) { IsBackground = true, Name = "Tasker engine" }.UnsafeStart();
    }

    /// <summary>Ends the thread once it has nothing to do. Callable on the thread itself.</summary>
    public void Stop()
    {
        _stopped = true;
        _wake.Release();
    }

    private void Run()
    {
        while (true)
        {
            _wake.Wait();
            if (_stopped)
                return;
            work();
        }
    }
}
