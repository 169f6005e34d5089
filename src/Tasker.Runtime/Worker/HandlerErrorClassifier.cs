namespace Tasker.Worker;

/// <summary>A classifier that is asked for the exceptions of one handler only.</summary>
internal sealed record HandlerErrorClassifier(string Callable, IErrorClassifier Classifier);
