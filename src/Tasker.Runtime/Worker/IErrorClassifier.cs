namespace Tasker.Worker;

/// <summary>
/// Decides how an exception of a handler is treated. Register implementations with the host's services to add to or override the
/// default table; they are asked in order of registration, before it. Must be safe to call from many threads at once.
/// </summary>
public interface IErrorClassifier
{
    /// <summary>Turns an exception into a failure.</summary>
    /// <returns>The failure, or <see langword="null"/> to leave it to the next classifier.</returns>
    StepFailure? Classify(Exception exception);
}
