namespace Tasker.Testing;

/// <summary>A test expected something else of a step or a task. The message says what was expected and what happened.</summary>
/// <param name="message">What was expected and what happened.</param>
public sealed class ExpectationException(string message) : Exception(message);
