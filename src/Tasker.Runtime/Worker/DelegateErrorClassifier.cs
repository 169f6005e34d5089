namespace Tasker.Worker;

/// <summary>A classifier given as a function.</summary>
internal sealed class DelegateErrorClassifier(Func<Exception, StepFailure?> classify) : IErrorClassifier
{
    public StepFailure? Classify(Exception exception) => classify(exception);
}
