using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Models;

/// <summary>An annotated method that can be called: all that its adapter needs.</summary>
/// <param name="Kind">Which attribute it carries.</param>
/// <param name="Callable">The name that templates refer to.</param>
/// <param name="Method">Tells apart handlers of one callable; <see langword="null"/> for the default one.</param>
/// <param name="WorkerTemplate">The batch worker step of a batch analyzer.</param>
/// <param name="Type">The containing type, as source writes it.</param>
/// <param name="MethodName">The method's name, as source writes it.</param>
/// <param name="DisplayName">The method's name without namespaces, for documentation and messages.</param>
/// <param name="Instance">How to obtain the object of an instance method.</param>
/// <param name="IsAwaited">Whether the method returns a task.</param>
/// <param name="Parameters">Its parameters, in order.</param>
/// <param name="Outcome">What it returns.</param>
/// <param name="Api">The API client it takes.</param>
/// <param name="Name">The adapter's name: unique in the assembly once all handlers are known.</param>
internal sealed record HandlerModel(
    HandlerKind Kind,
    string Callable,
    string? Method,
    string? WorkerTemplate,
    string Type,
    string MethodName,
    string DisplayName,
    InstanceModel? Instance,
    bool IsAwaited,
    EquatableArray<ParameterModel> Parameters,
    OutcomeModel Outcome,
    ApiClientModel? Api,
    string Name)
{
    /// <summary>What tells handlers apart: <c>callable</c> or <c>callable.method</c>.</summary>
    public string Key => KeyOf(Callable, Method);

    /// <summary><c>call</c> is what tasker-core calls the default method.</summary>
    public static string KeyOf(string callable, string? method) => method is null or "" or "call" ? callable : callable + "\n" + method;

    /// <summary>The warnings that naming the method and its services gives (<see cref="Infrastructure.UseWarnings"/>).</summary>
    public EquatableArray<string> UseWarnings { get; init; } = [];

    /// <summary>Whether an attempt needs a service scope.</summary>
    public bool NeedsScope
    {
        get
        {
            if (Instance is { IsService: true })
                return true;
            foreach (var parameter in Parameters)
            {
                if (parameter.Source is ParameterSource.Service or ParameterSource.KeyedService or ParameterSource.ServiceProvider)
                    return true;
            }

            return false;
        }
    }
}

/// <summary>What the adapter of a handler needs.</summary>
/// <param name="ClassName">The class of all adapters.</param>
/// <param name="Handler">The handler.</param>
internal sealed record AdapterModel(string ClassName, HandlerModel Handler);

/// <summary>The attributes that make a handler; the names are those of <c>Tasker.Handlers.HandlerKind</c>.</summary>
internal enum HandlerKind
{
    Step,
    Decision,
    BatchAnalyzer,
    BatchWorker,
}

/// <summary>The API client of a handler.</summary>
/// <param name="Callable">The handler's callable, which is the client's name.</param>
/// <param name="BaseAddress">What paths are added to; <see langword="null"/> leaves it to the host.</param>
/// <param name="CallTimeoutSeconds">How long a call may take; 0 means the default.</param>
internal sealed record ApiClientModel(string Callable, string? BaseAddress, int CallTimeoutSeconds);

/// <summary>The class of an instance method.</summary>
/// <param name="Type">The class, as source writes it.</param>
/// <param name="IsService">Whether it comes from the host's services, rather than being made for each call.</param>
/// <param name="Arguments">The arguments of its constructor, as expressions of the service provider <c>services</c>.</param>
internal sealed record InstanceModel(string Type, bool IsService, EquatableArray<string> Arguments)
{
    /// <summary>The warnings that making the class gives (<see cref="UseWarnings"/>).</summary>
    public EquatableArray<string> UseWarnings { get; init; } = [];
}

/// <summary>Where a parameter's value comes from.</summary>
internal enum ParameterSource
{
    WholeInput,
    Input,
    Config,
    Step,
    Batches,
    Service,
    KeyedService,
    ServiceProvider,
    StepContext,
    BatchContext,
    TypedBatchContext,
    ApiClient,
    Codec,
    CancellationToken,
}

/// <summary>A parameter.</summary>
/// <param name="Name">Its name in C#.</param>
/// <param name="Source">Where its value comes from.</param>
/// <param name="Binding">The member or step it is bound to; of a keyed service the key, as an expression.</param>
/// <param name="Value">The type that is read.</param>
/// <param name="Service">The service's type, as source writes it.</param>
/// <param name="Default">The value when there is none, as an expression; <see langword="null"/> when the parameter is required.</param>
internal sealed record ParameterModel(string Name, ParameterSource Source, string Binding, ValueModel? Value, string? Service, string? Default);

/// <summary>What shape a handler's outcome has.</summary>
internal enum OutcomeShape
{
    Nothing,
    Value,
    Failure,
    Decision,
    BatchPlan,
    BatchResult,
}

/// <summary>What a handler returns.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="Value">The value, or what a decision, plan or batch result carries.</param>
/// <param name="IsStepResult">Whether it is wrapped in a <c>StepResult</c>.</param>
internal sealed record OutcomeModel(OutcomeShape Shape, ValueModel? Value, bool IsStepResult);
