using Tasker;

namespace Mistakes;

internal sealed record Loaded(int Count);

internal sealed record Other(string Count);

// TSKR0010: nobody_has_me
internal static class GraphMistakes
{
    [StepHandler("load")] public static Loaded Load() => new(1);

    // TSKR1004: laod; TSKR1005: alone; TSKR1006: Other
    [StepHandler("left")]
    public static void Left([FromStep("laod")] Loaded misspelt, [FromStep] Loaded? alone, [FromStep("load")] Other other) { }

    // TSKR1017
    [StepHandler("alone")] public static void Alone([FromInput] int text) { }

    // TSKR1007
    [StepHandler("join")] public static void Join([FromStep] Loaded left) { }

    // TSKR1008
    [BatchAnalyzer("plan", WorkerTemplate = "alone")] public static BatchPlan Plan() => BatchPlan.Empty("none");

    // TSKR1009: lfet; TSKR1010: alone
    [Decision("decide")] public static Decision Decide() => Decision.Route("lfet", "alone");
}
