namespace Tasker.Postgres.Tests.Support;

/// <summary>Holds a handler that has begun until the test lets it go on.</summary>
public sealed class Gate
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits until a handler has come to the gate.</summary>
    public Task UntilBegunAsync() => _begun.Task.WaitAsync(TimeSpan.FromSeconds(30), CoreHost.Token);

    public void Open() => _open.TrySetResult();

    /// <summary>A workflow of one step, which waits here.</summary>
    public CoreFlow Before(string step) => new CoreFlow().Step(step, [], async _ =>
    {
        _begun.TrySetResult();
        await _open.Task;
        return "{}";
    });
}
