using Tasker.Templates;

namespace Tasker.Postgres.Registration;

/// <summary>The words of a template's JSON for its choices (protocol sheet §3.2).</summary>
internal static class TemplateNames
{
    private static readonly string[] StepTypes = ["standard", "decision", "deferred_convergence", "batchable", "batch_worker"];
    private static readonly string[] Backoffs = ["none", "linear", "exponential", "fibonacci"];
    private static readonly string[] Conditions = ["success", "failure", "retryable_failure", "permanent_failure", "always"];
    private static readonly string[] Deliveries = ["durable", "fast", "broadcast"];
    private static readonly string[] Strategies = ["continue_on_failure", "fail_fast", "isolate"];

    public static string Of(StepType type) => StepTypes[(int)type];

    public static string Of(BackoffStrategy backoff) => Backoffs[(int)backoff];

    public static string Of(EventCondition condition) => Conditions[(int)condition];

    public static string Of(EventDelivery delivery) => Deliveries[(int)delivery];

    public static string Of(BatchFailureStrategy strategy) => Strategies[(int)strategy];

    public static StepType? StepType(string name) => (StepType?)Index(StepTypes, name);

    public static BackoffStrategy? Backoff(string name) => (BackoffStrategy?)Index(Backoffs, name);

    public static EventCondition? Condition(string name) => (EventCondition?)Index(Conditions, name);

    public static EventDelivery? Delivery(string name) => (EventDelivery?)Index(Deliveries, name);

    public static BatchFailureStrategy? Strategy(string name) => (BatchFailureStrategy?)Index(Strategies, name);

    private static int? Index(string[] names, string name) => Array.IndexOf(names, name) is >= 0 and var index ? index : null;
}
