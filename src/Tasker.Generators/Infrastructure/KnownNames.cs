namespace Tasker.Generators.Infrastructure;

/// <summary>
/// The names of Tasker's own types, and the only place that knows them: the generator never loads the assembly that defines them. A test checks each
/// metadata name against it.
/// </summary>
internal static class KnownNames
{
    public const string StepHandlerAttribute = "Tasker.StepHandlerAttribute";
    public const string ApiHandlerAttribute = "Tasker.ApiHandlerAttribute";
    public const string DecisionAttribute = "Tasker.DecisionAttribute";
    public const string BatchAnalyzerAttribute = "Tasker.BatchAnalyzerAttribute";
    public const string BatchWorkerAttribute = "Tasker.BatchWorkerAttribute";

    public const string TaskTemplateAttribute = "Tasker.TaskTemplateAttribute";

    public const string FromInputAttribute = "Tasker.FromInputAttribute";
    public const string FromStepAttribute = "Tasker.FromStepAttribute";
    public const string FromConfigAttribute = "Tasker.FromConfigAttribute";
    public const string FromServicesAttribute = "Tasker.FromServicesAttribute";

    /// <summary>In Microsoft.Extensions.DependencyInjection.Abstractions, which a project with handlers need not refer to.</summary>
    public const string FromKeyedServicesAttribute = "Microsoft.Extensions.DependencyInjection.FromKeyedServicesAttribute";

    public const string StepContext = "Tasker.StepContext";
    public const string BatchContext = "Tasker.BatchContext";
    public const string BatchContextOfT = "Tasker.BatchContext`1";
    public const string BatchResultsOfT = "Tasker.BatchResults`1";

    public const string StepResultOfT = "Tasker.StepResult`1";
    public const string StepFailure = "Tasker.StepFailure";
    public const string Decision = "Tasker.Decision";
    public const string DecisionOfT = "Tasker.Decision`1";
    public const string BatchPlan = "Tasker.BatchPlan";
    public const string BatchPlanOfT = "Tasker.BatchPlan`1";
    public const string BatchResult = "Tasker.BatchResult";
    public const string BatchResultOfT = "Tasker.BatchResult`1";

    public const string ContractsAssembly = "Tasker.Abstractions";
    public const string RuntimeAssembly = "Tasker.Runtime";
    public const string HandlerManifestAttribute = "Tasker.Handlers.HandlerManifestAttribute";
    public const string HandlerAdapter = "Tasker.Handlers.HandlerAdapter";
    public const string HandlerKind = "Tasker.Handlers.HandlerKind";
    public const string HandlerRegistry = "Tasker.Handlers.HandlerRegistry";
    public const string MethodAdapter = "Tasker.Handlers.MethodAdapter";
    public const string StepBinder = "Tasker.Handlers.StepBinder";
    public const string HandlerServices = "Tasker.Handlers.HandlerServices";
    public const string StepOutcome = "Tasker.StepOutcome";

    public const string JsonCodecOfT = "Tasker.Json.JsonCodec`1";

    public const string TaskTemplate = "Tasker.Templates.TaskTemplate";
    public const string TaskTemplateOfT = "Tasker.Templates.TaskTemplate`1";
    public const string NoInput = "Tasker.Templates.NoInput";
    public const string StepDefinition = "Tasker.Templates.StepDefinition";
    public const string StepOverride = "Tasker.Templates.StepOverride";
    public const string StepType = "Tasker.Templates.StepType";
    public const string StepRef = "Tasker.Templates.StepRef";
    public const string StepRefOfT = "Tasker.Templates.StepRef`1";
    public const string RetryPolicy = "Tasker.Templates.RetryPolicy";
    public const string BackoffStrategy = "Tasker.Templates.BackoffStrategy";
    public const string BatchConfiguration = "Tasker.Templates.BatchConfiguration";
    public const string BatchFailureStrategy = "Tasker.Templates.BatchFailureStrategy";
    public const string EventDeclaration = "Tasker.Templates.EventDeclaration";
    public const string EventCondition = "Tasker.Templates.EventCondition";
    public const string EventDelivery = "Tasker.Templates.EventDelivery";
    public const string TaskLifecycle = "Tasker.Templates.TaskLifecycle";

    /// <summary>In Tasker.Runtime, which a project with handlers need not refer to.</summary>
    public const string TaskerBuilder = "Tasker.Hosting.TaskerBuilder";

    /// <summary>In Tasker.Runtime.</summary>
    public const string ApiClient = "Tasker.Http.ApiClient";

    /// <summary>In Tasker.Runtime.</summary>
    public const string ApiBinding = "Tasker.Http.ApiBinding";

    /// <summary>In Tasker.Runtime.</summary>
    public const string ApiClientBuilderExtensions = "Microsoft.Extensions.DependencyInjection.ApiClientBuilderExtensions";

    /// <summary>The name in source, from the global namespace; without type arguments.</summary>
    public static string Global(string metadataName)
    {
        var arity = metadataName.IndexOf('`');
        return "global::" + (arity < 0 ? metadataName : metadataName.Substring(0, arity));
    }
}
