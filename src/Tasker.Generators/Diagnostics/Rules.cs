using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Tasker.Generators.Diagnostics;

/// <summary>The descriptors of all rules. A message says what is wrong, where, and how to mend it.</summary>
internal static class Rules
{
    private const string Handler = "Tasker.Handler";
    private const string Graph = "Tasker.Graph";
    private const string Template = "Tasker.Template";
    private const string Json = "Tasker.Json";
    private const string Safety = "Tasker.Safety";
    private const string Internal = "Tasker.Internal";

    public static readonly DiagnosticDescriptor UnboundParameter = Error(
        RuleIds.UnboundParameter,
        Handler,
        "A handler's parameter cannot be bound",
        "The parameter '{0}' of handler '{1}' cannot be bound: {2}");

    public static readonly DiagnosticDescriptor DuplicateCallable = new(
        RuleIds.DuplicateCallable,
        "Two handlers have the same callable",
        "The callable '{0}' is already that of {1}",
        Handler,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.DuplicateCallable),
        customTags: [WellKnownDiagnosticTags.CompilationEnd]);

    public static readonly DiagnosticDescriptor InaccessibleHandler = Error(
        RuleIds.InaccessibleHandler,
        Handler,
        "A handler is out of reach of generated code",
        "Generated code cannot reach handler '{0}' because {1} is {2}; {3}");

    public static readonly DiagnosticDescriptor GenericHandler = Error(
        RuleIds.GenericHandler,
        Handler,
        "A handler is generic",
        "Handler '{0}' has type parameters, and a template cannot say what they are; make the method and its containing types non-generic");

    public static readonly DiagnosticDescriptor AsyncVoidHandler = Error(
        RuleIds.AsyncVoidHandler,
        Handler,
        "A handler is async void",
        "Handler '{0}' is async void, so nobody can wait for it or see its exception; return Task or ValueTask");

    public static readonly DiagnosticDescriptor WrongReturnType = Error(
        RuleIds.WrongReturnType,
        Handler,
        "A handler's return type does not fit its attribute",
        "Handler '{0}' has [{1}] but returns '{2}'; {3}");

    public static readonly DiagnosticDescriptor UnconstructibleHandlerClass = Error(
        RuleIds.UnconstructibleHandlerClass,
        Handler,
        "A handler's class cannot be constructed",
        "Handler '{0}' is an instance method, but '{1}' cannot be constructed: {2}; mend that, or make the method static");

    public static readonly DiagnosticDescriptor InvalidCallable = Error(
        RuleIds.InvalidCallable,
        Handler,
        "A callable is empty",
        "The callable of handler '{0}' is empty; give the name that templates refer to");

    public static readonly DiagnosticDescriptor UnusedHandler = new(
        RuleIds.UnusedHandler,
        "No template uses a handler",
        "No template of this project has a step with the callable '{1}', so '{0}' never runs here; add a step or remove the handler",
        Handler,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.UnusedHandler));

    public static readonly DiagnosticDescriptor MissingHandlersHere = new(
        RuleIds.MissingHandlersHere,
        "A template has steps without a handler beside those of a class",
        "Template '{0}' has steps without a handler here: {1}; add one for each, unless another assembly or another language has it",
        Handler,
        DiagnosticSeverity.Hidden,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.MissingHandlersHere));

    public static readonly DiagnosticDescriptor IncompleteTemplateClass = Error(
        RuleIds.IncompleteTemplateClass,
        Handler,
        "A template class cannot be completed",
        "Generated code cannot complete the template class '{0}': {1}");

    public static readonly DiagnosticDescriptor ApiHandlerWithoutClient = Warning(
        RuleIds.ApiHandlerWithoutClient,
        Handler,
        "An API handler takes no API client",
        "Handler '{0}' has [ApiHandler] but no ApiClient parameter, so what the attribute says has no effect; add the parameter or use [StepHandler]");

    public static readonly DiagnosticDescriptor UnknownStep = Error(
        RuleIds.UnknownStep,
        Graph,
        "A template refers to a step that it does not have",
        "{0} '{1}', which is no step of the template.{2} Add a step with this name or remove the reference.");

    public static readonly DiagnosticDescriptor DependencyCycle = Error(
        RuleIds.DependencyCycle,
        Graph,
        "Steps depend on each other in a cycle",
        "The steps {0} wait for each other, so none of them can ever run; remove one of these dependencies");

    public static readonly DiagnosticDescriptor DuplicateStep = Error(
        RuleIds.DuplicateStep,
        Graph,
        "Two steps have the same name",
        "The step '{0}' is already defined in line {1}; give one of the two another name");

    public static readonly DiagnosticDescriptor UnknownStepRead = Error(
        RuleIds.UnknownStepRead,
        Graph,
        "A handler reads a step that does not exist",
        "The parameter '{0}' reads step '{1}', which template '{2}' does not have.{3} Name a step of the template.");

    public static readonly DiagnosticDescriptor NotAnAncestor = Error(
        RuleIds.NotAnAncestor,
        Graph,
        "A handler reads a step that it does not wait for",
        "The parameter '{0}' reads step '{1}', but step '{2}' of template '{3}' does not depend on it; add it to the step's dependencies");

    public static readonly DiagnosticDescriptor ResultMismatch = Error(
        RuleIds.ResultMismatch,
        Graph,
        "A result does not fit its reader",
        "The parameter '{0}' reads a '{1}' from step '{2}', but {3}; make the two types fit");

    public static readonly DiagnosticDescriptor OptionalBranch = Warning(
        RuleIds.OptionalBranch,
        Graph,
        "A branch that may not be taken is read as if it always were",
        "The parameter '{0}' reads step '{1}', which does not run when its branch is not taken, while step '{2}' of template '{3}' does; make the parameter nullable");

    public static readonly DiagnosticDescriptor WrongWorkerTemplate = Error(
        RuleIds.WrongWorkerTemplate,
        Graph,
        "A batch analyzer's worker template is no batch worker",
        "The worker template '{0}' is no batch_worker step: template '{1}' {2}.{3} Name a step of type batch_worker.");

    public static readonly DiagnosticDescriptor UnknownRoute = Error(
        RuleIds.UnknownRoute,
        Graph,
        "A decision routes to a step that does not exist",
        "The decision routes to '{0}', which is no step of template '{1}'.{2} Name a step of the template.");

    public static readonly DiagnosticDescriptor IndependentRoute = Error(
        RuleIds.IndependentRoute,
        Graph,
        "A decision routes to a step that does not depend on it",
        "The decision '{1}' of template '{2}' routes to step '{0}', which does not depend on it; add the decision to the step's dependencies");

    public static readonly DiagnosticDescriptor NothingToConverge = Error(
        RuleIds.NothingToConverge,
        Graph,
        "A deferred convergence has nothing to converge",
        "Step '{0}' is a deferred_convergence, but no decision and no batch_worker is among the steps it waits for, so nothing ever creates it; make it standard or add such a dependency");

    public static readonly DiagnosticDescriptor WorkerWithoutBatchConfig = Error(
        RuleIds.WorkerWithoutBatchConfig,
        Graph,
        "A batch worker has no batch_config",
        "Step '{0}' is a batch_worker without batch_config, so no batch can be created from it; add batch_config");

    public static readonly DiagnosticDescriptor AggregatorNotDeferred = Error(
        RuleIds.AggregatorNotDeferred,
        Graph,
        "A step waits for a batch worker without being deferred",
        "Step '{0}' waits for a batch_worker, whose instances exist only when the batches are known; make its type deferred_convergence");

    public static readonly DiagnosticDescriptor DecisionWithoutDependency = Error(
        RuleIds.DecisionWithoutDependency,
        Graph,
        "A decision depends on nothing",
        "Step '{0}' is a decision without dependencies, which tasker-core refuses; add the step whose result it decides on");

    public static readonly DiagnosticDescriptor MissingHandler = Error(
        RuleIds.MissingHandler,
        Graph,
        "No handler has a step's callable",
        "Step '{0}' needs a handler with the callable '{1}', and there is none.{2} Annotate a method, or set handler.resolver when a worker in another language runs the step.");

    public static readonly DiagnosticDescriptor WrongStepType = Error(
        RuleIds.WrongStepType,
        Graph,
        "A step's type does not fit its handler",
        "Step '{0}' has the type {1}, but its handler '{2}' has [{3}]; make the type {4}, or use another attribute");

    public static readonly DiagnosticDescriptor InputMismatch = Error(
        RuleIds.InputMismatch,
        Graph,
        "What a handler reads of the context does not fit",
        "The parameter '{0}' reads a '{1}' from the context of template '{2}', but {3}; make the two types fit");

    public static readonly DiagnosticDescriptor UnreadableYaml = Error(
        RuleIds.UnreadableYaml,
        Template,
        "A template file is not readable YAML",
        "The template cannot be read: {0}");

    public static readonly DiagnosticDescriptor MissingKey = Error(
        RuleIds.MissingKey,
        Template,
        "A required key is missing",
        "{0} has no '{1}'; add it");

    public static readonly DiagnosticDescriptor UnknownKey = new(
        RuleIds.UnknownKey,
        "A key is not known",
        "The key '{0}' is not known in {1} and has no effect.{2}",
        Template,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.UnknownKey));

    public static readonly DiagnosticDescriptor WrongValue = Error(
        RuleIds.WrongValue,
        Template,
        "A value is of the wrong kind",
        "'{0}' in {1} must be {2}, not {3}");

    public static readonly DiagnosticDescriptor DuplicateKey = Error(
        RuleIds.DuplicateKey,
        Template,
        "A key occurs twice",
        "The key '{0}' is already in this mapping; remove one of the two");

    public static readonly DiagnosticDescriptor DuplicateTemplate = Error(
        RuleIds.DuplicateTemplate,
        Template,
        "Two files define the same template",
        "The template '{0}' is already defined in '{1}'; change the name, the namespace_name or the version of one of the two");

    public static readonly DiagnosticDescriptor ContradictoryRetry = Warning(
        RuleIds.ContradictoryRetry,
        Template,
        "A step is not retryable and has several attempts",
        "Step '{0}' has retryable: false and max_attempts: {1}; no attempt after the first will be made, so remove one of the two");

    public static readonly DiagnosticDescriptor UnsupportedType = Error(
        RuleIds.UnsupportedType,
        Json,
        "A type cannot cross a step boundary",
        "{0} of handler '{1}' cannot be written as JSON: {2}");

    public static readonly DiagnosticDescriptor BlockingCall = Warning(
        RuleIds.BlockingCall,
        Safety,
        "A handler blocks its thread",
        "'{0}' in '{1}' holds a thread of the worker while it waits; {2}");

    public static readonly DiagnosticDescriptor IgnoredCancellation = Warning(
        RuleIds.IgnoredCancellation,
        Safety,
        "A handler ignores cancellation",
        "Handler '{0}' cannot be stopped by its timeout or by a shutdown: {1}");

    public static readonly DiagnosticDescriptor InternalError = Error(
        RuleIds.InternalError,
        Internal,
        "The Tasker generator failed",
        "The Tasker generator failed on '{0}' with {1}; please report this");

    public static readonly DiagnosticDescriptor OldLanguage = Error(
        RuleIds.OldLanguage,
        Internal,
        "The language version is too old",
        "Tasker generates C# 12, and this project is set to C# {0}, so nothing is generated; remove LangVersion from the project or set it to 12 or later");

    /// <summary>All rules, for tests and for finding one by its id.</summary>
    public static ImmutableArray<DiagnosticDescriptor> All { get; } =
    [
        UnboundParameter, DuplicateCallable, InaccessibleHandler, GenericHandler, AsyncVoidHandler, WrongReturnType, UnconstructibleHandlerClass,
        InvalidCallable, UnusedHandler, MissingHandlersHere, IncompleteTemplateClass, ApiHandlerWithoutClient,
        UnknownStep, DependencyCycle, DuplicateStep, UnknownStepRead, NotAnAncestor, ResultMismatch, OptionalBranch,
        WrongWorkerTemplate, UnknownRoute, IndependentRoute, NothingToConverge, WorkerWithoutBatchConfig, AggregatorNotDeferred, DecisionWithoutDependency,
        MissingHandler, WrongStepType, InputMismatch, UnreadableYaml, MissingKey, UnknownKey, WrongValue, DuplicateKey,
        DuplicateTemplate, ContradictoryRetry, UnsupportedType, BlockingCall, IgnoredCancellation, InternalError, OldLanguage,
    ];

    public static DiagnosticDescriptor Get(string id)
    {
        foreach (var rule in All)
        {
            if (rule.Id == id)
                return rule;
        }

        throw new ArgumentOutOfRangeException(nameof(id), id, "No such rule.");
    }

    private static DiagnosticDescriptor Error(string id, string category, string title, string message) =>
        new(id, title, message, category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink(id));

    private static DiagnosticDescriptor Warning(string id, string category, string title, string message) =>
        new(id, title, message, category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink(id));

    private static string HelpLink(string id) => $"https://github.com/tasker-dotnet/tasker/blob/main/docs/rules/{id}.md";
}
