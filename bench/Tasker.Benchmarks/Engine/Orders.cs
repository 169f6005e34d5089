namespace Tasker.Benchmarks.Engine;

public sealed record Order(int Id, int Quantity);

public sealed record Total(int Id, int Amount);
