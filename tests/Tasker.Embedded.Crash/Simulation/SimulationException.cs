namespace Tasker.Embedded.Crash.Simulation;

/// <summary>The engine did something else than the model, or something that must never happen.</summary>
public sealed class SimulationException(string message, Exception? innerException = null) : Exception(message, innerException);
