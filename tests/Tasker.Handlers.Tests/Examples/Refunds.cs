namespace Tasker.Examples;

public sealed record Refund(decimal Amount, string Reason);

public sealed record RoutingContext(string Tier);

public sealed record Verdict(string By);

[TaskTemplate("refunds", Namespace = "examples", Version = "1.0.0")]
public static partial class Refunds
{
    [StepHandler("check")]
    public static Refund Check(Refund refund) => refund with { Amount = decimal.Round(refund.Amount, 2) };

    // Names are generated: a misspelt one does not compile. What With stores, later steps can read.
    [Decision("route")]
    public static Decision<RoutingContext> Route([FromStep("check")] Refund refund) => refund.Amount switch
    {
        0 => Decision.Skip("nothing to pay back").With(new RoutingContext("none")),
        < 100 => Decision.Route(Steps.PayBack).With(new RoutingContext("small")),
        _ => Decision.Route(Steps.PayBack, Steps.Review).With(new RoutingContext("large")),
    };

    [StepHandler("pay_back")]
    public static Verdict PayBack([FromStep] RoutingContext route) => new($"cashier for {route.Tier} refunds");

    [StepHandler("review", DependsOn = ["route"])]
    public static Verdict Review() => new("controller");

    // Nullable: a branch that was not taken. The step waits for those that were.
    [StepHandler("close")]
    public static string[] Close([FromStep] Verdict? payBack, [FromStep] Verdict? review) =>
        [.. new[] { payBack?.By, review?.By }.OfType<string>()];
}
