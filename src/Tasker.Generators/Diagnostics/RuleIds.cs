namespace Tasker.Generators.Diagnostics;

/// <summary>The stable ids of all rules. An id is never used again for something else.</summary>
internal static class RuleIds
{
    public const string UnboundParameter = "TSKR0001";
    public const string DuplicateCallable = "TSKR0002";
    public const string InaccessibleHandler = "TSKR0003";
    public const string GenericHandler = "TSKR0004";
    public const string AsyncVoidHandler = "TSKR0005";
    public const string WrongReturnType = "TSKR0006";
    public const string UnconstructibleHandlerClass = "TSKR0007";
    public const string InvalidCallable = "TSKR0008";
    public const string UnusedHandler = "TSKR0009";
    public const string MissingHandlersHere = "TSKR0010";
    public const string IncompleteTemplateClass = "TSKR0011";
    public const string ApiHandlerWithoutClient = "TSKR0012";

    public const string UnknownStep = "TSKR1001";
    public const string DependencyCycle = "TSKR1002";
    public const string DuplicateStep = "TSKR1003";
    public const string UnknownStepRead = "TSKR1004";
    public const string NotAnAncestor = "TSKR1005";
    public const string ResultMismatch = "TSKR1006";
    public const string OptionalBranch = "TSKR1007";
    public const string WrongWorkerTemplate = "TSKR1008";
    public const string UnknownRoute = "TSKR1009";
    public const string IndependentRoute = "TSKR1010";
    public const string NothingToConverge = "TSKR1011";
    public const string WorkerWithoutBatchConfig = "TSKR1012";
    public const string AggregatorNotDeferred = "TSKR1013";
    public const string DecisionWithoutDependency = "TSKR1014";
    public const string MissingHandler = "TSKR1015";
    public const string WrongStepType = "TSKR1016";
    public const string InputMismatch = "TSKR1017";

    public const string UnreadableYaml = "TSKR2001";
    public const string MissingKey = "TSKR2002";
    public const string UnknownKey = "TSKR2003";
    public const string WrongValue = "TSKR2004";
    public const string DuplicateKey = "TSKR2005";
    public const string DuplicateTemplate = "TSKR2006";
    public const string ContradictoryRetry = "TSKR2007";

    public const string UnsupportedType = "TSKR3001";

    public const string BlockingCall = "TSKR4001";
    public const string IgnoredCancellation = "TSKR4002";

    public const string InternalError = "TSKR9001";
    public const string OldLanguage = "TSKR9002";
}
