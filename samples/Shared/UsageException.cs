namespace Tasker.Samples;

/// <summary>The command line is not understood. The message says what to change.</summary>
internal sealed class UsageException(string message) : Exception(message);
