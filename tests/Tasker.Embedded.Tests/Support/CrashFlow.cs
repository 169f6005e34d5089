namespace Tasker.Embedded.Tests.Support;

/// <summary>What the process that is killed, and the test that kills it, have in common.</summary>
public static class CrashFlow
{
    /// <summary>Begins a line of output that ends with the id of an acknowledged task.</summary>
    public const string Acknowledged = "acknowledged ";

    public static Flow Create() => new Flow("crash")
        .Step("a")
        .Decision("route", ["a"], _ => Decision.Route("b", "c"))
        .Step("b", "route")
        .Step("c", "route")
        .Step("d", "route")
        .Converge("join", "b", "c", "d");
}
