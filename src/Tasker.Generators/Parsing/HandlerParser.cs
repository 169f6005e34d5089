using Microsoft.CodeAnalysis;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;

namespace Tasker.Generators.Parsing;

/// <summary>
/// Turns an annotated method into a model. The generator and the analyzer share it: what the one skips, the other explains.
/// </summary>
internal sealed class HandlerParser
{
    private readonly IMethodSymbol _method;
    private readonly HandlerAttribute _attribute;
    private readonly ValueReader _values;
    private readonly ProblemReport? _report;
    private readonly string _displayName;

    private HandlerParser(IMethodSymbol method, HandlerAttribute attribute, ValueReader values, ProblemReport? report)
    {
        _method = method;
        _attribute = attribute;
        _values = values;
        _report = report;
        _displayName = $"{method.ContainingType.ToDisplayString(SymbolExtensions.Message)}.{method.Name}";
    }

    /// <returns>The handler, or <see langword="null"/> when it cannot be called; then at least one problem has been reported.</returns>
    public static HandlerModel? Parse(
        IMethodSymbol method,
        AttributeData data,
        HandlerAttribute attribute,
        ValueReader values,
        ProblemReport? report,
        CancellationToken cancellationToken) =>
        new HandlerParser(method, attribute, values, report).Parse(data, cancellationToken);

    /// <summary>What a method of another assembly takes and returns, as far as this one can use it; nothing of it is called from here.</summary>
    public static ReferencedHandler Describe(string key, IMethodSymbol method, HandlerAttribute attribute, AttributeData data, ValueReader values)
    {
        var parser = new HandlerParser(method, attribute, values, report: null);
        var parameters = new List<ParameterModel>();
        foreach (var parameter in method.Parameters)
        {
            if (new ParameterParser(parameter, parser._displayName, values, report: null).Parse() is not { } model)
                continue;

            // Metadata can lack the annotations: what says nothing of null may well take it.
            var isOblivious = parameter.Type.IsReferenceType && parameter.NullableAnnotation is NullableAnnotation.None;
            parameters.Add(isOblivious ? model with { Default = model.Default ?? "default" } : model);
        }

        var hasAll = parameters.Count == method.Parameters.Length;
        return new ReferencedHandler(
            key, attribute.Kind, parser._displayName, data.NamedText("WorkerTemplate"), parameters.ToEquatableArray(), hasAll, parser.ReadOutcome(out _));
    }

    private Location? Place => _method.Locations.Length > 0 ? _method.Locations[0] : null;

    private HandlerModel? Parse(AttributeData data, CancellationToken cancellationToken)
    {
        if (IsInExtensionBlock() || !HasNames())
            return null;
        var callable = data.FirstText();
        if (IsGeneric())
            return null;
        var isValid = CheckReach() & CheckCallable(callable, data, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();

        var outcome = ReadOutcome(out var isAwaited);
        cancellationToken.ThrowIfCancellationRequested();

        var parameters = new List<ParameterModel>();
        foreach (var parameter in _method.Parameters)
        {
            if (new ParameterParser(parameter, _displayName, _values, _report).Parse() is { } model)
                parameters.Add(model);
            else
                isValid = false;
        }

        var instance = _method.IsStatic ? null : InstanceParser.Parse(_method, _displayName, _report);
        if (!isValid || outcome is null || (instance is null && !_method.IsStatic))
            return null;

        var api = ApiClientParser.Parse(data, _attribute, callable!, parameters, _displayName, _report, cancellationToken);
        return new HandlerModel(
            _attribute.Kind,
            callable!,
            data.NamedText("Method"),
            data.NamedText("WorkerTemplate"),
            _method.ContainingType.ToSource(),
            Identifiers.Escape(_method.Name),
            _displayName,
            instance,
            isAwaited,
            parameters.ToEquatableArray(),
            outcome,
            api,
            FlatName())
        {
            UseWarnings = UseWarnings.OfCall(_method),
        };
    }

    /// <summary>Such a block has no name, so generated code cannot name its members as what they are.</summary>
    private bool IsInExtensionBlock()
    {
        if (!_method.ContainingType.IsExtension)
            return false;
        var name = $"{_method.ContainingType.ContainingType.ToDisplayString(SymbolExtensions.Message)}.{_method.Name}";
        _report?.Invoke(Rules.InaccessibleHandler, Place, name, "it", "in an extension block", "make it a method of the class, with 'this' before its first parameter if need be");
        return true;
    }

    /// <summary>Whether the method and the types around it have names; half-typed code may not, and is the compiler's to report.</summary>
    private bool HasNames()
    {
        for (ISymbol symbol = _method; symbol is not null and not INamespaceSymbol; symbol = symbol.ContainingSymbol)
        {
            if (!symbol.CanBeReferencedByName && symbol is not IMethodSymbol { MethodKind: not MethodKind.Ordinary })
                return false;
        }

        return true;
    }

    /// <summary>Nothing else is said about such a handler: its types mean nothing until it has none of its own.</summary>
    private bool IsGeneric()
    {
        if (!_method.IsGenericMethod && !_method.ContainingType.IsInGeneric())
            return false;
        _report?.Invoke(Rules.GenericHandler, Place, _displayName);
        return true;
    }

    private bool CheckReach()
    {
        if (FindObstacle() is not var (what, reason, remedy))
            return true;
        _report?.Invoke(Rules.InaccessibleHandler, Place, _displayName, what, reason, remedy);
        return false;
    }

    private (string What, string Reason, string Remedy)? FindObstacle()
    {
        if (_method.MethodKind is not MethodKind.Ordinary)
            return ("it", "not an ordinary method", "make it one");
        if (_method is { IsStatic: true, IsAbstract: true } or { IsStatic: true, IsVirtual: true })
            return ("it", _method.IsAbstract ? "static and abstract" : "static and virtual", "make a handler of the method that implements it");
        if (_method.IsVararg)
            return ("it", "a method with __arglist", "take an array");
        if (_method.FindAttribute("System.Diagnostics.ConditionalAttribute") is not null)
            return ("it", "marked [Conditional], which may leave out the call", "remove that attribute");
        if (FindForbidden() is { } forbidden)
            return (forbidden is IMethodSymbol ? "it" : $"'{forbidden.Name}'", "marked obsolete as an error", "let it warn only, or remove the handler");
        if (_method.FindUnreachable() is not { } unreachable)
            return null;
        return (
            unreachable is IMethodSymbol ? "it" : $"'{unreachable.ToDisplayString(SymbolExtensions.Message)}'",
            Accessibility(unreachable),
            unreachable is INamedTypeSymbol { IsFileLocal: true } ? "remove the 'file' modifier" : "make it internal or public");
    }

    private ISymbol? FindForbidden()
    {
        for (ISymbol symbol = _method; symbol is not null and not INamespaceSymbol; symbol = symbol.ContainingSymbol)
        {
            if (symbol.IsForbidden())
                return symbol;
        }

        return null;
    }

    private bool CheckCallable(string? callable, AttributeData data, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrWhiteSpace(callable))
            return true;

        // A name that is no constant (yet) is the compiler's error, or generated code that is not there yet.
        if (data.ConstructorArguments is [{ Kind: TypedConstantKind.Primitive }])
            _report?.Invoke(Rules.InvalidCallable, data.ApplicationSyntaxReference?.GetSyntax(cancellationToken).GetLocation() ?? Place, _displayName);
        return false;
    }

    private OutcomeModel? ReadOutcome(out bool isAwaited)
    {
        var type = _method.ReturnType;
        isAwaited = false;
        if (_method.ReturnsVoid)
        {
            if (_method.IsAsync)
            {
                _report?.Invoke(Rules.AsyncVoidHandler, Place, _displayName);
                return null;
            }

            return CheckShape(new OutcomeModel(OutcomeShape.Nothing, Value: null, IsStepResult: false), type);
        }

        if (type.Is("System.Threading.Tasks.Task") || type.Is("System.Threading.Tasks.ValueTask"))
        {
            isAwaited = true;
            return CheckShape(new OutcomeModel(OutcomeShape.Nothing, Value: null, IsStepResult: false), type);
        }

        if (type.Is("System.Threading.Tasks.Task`1") || type.Is("System.Threading.Tasks.ValueTask`1"))
        {
            isAwaited = true;
            type = ((INamedTypeSymbol)type).TypeArguments[0];
        }

        var isStepResult = type.Is(KnownNames.StepResultOfT);
        if (isStepResult)
            type = ((INamedTypeSymbol)type).TypeArguments[0];
        return ReadValue(type, isStepResult) is { } outcome ? CheckShape(outcome, _method.ReturnType) : null;
    }

    private OutcomeModel? ReadValue(ITypeSymbol type, bool isStepResult)
    {
        if (type.Is(KnownNames.StepFailure))
            return new OutcomeModel(OutcomeShape.Failure, Value: null, isStepResult);
        if (type.Is(KnownNames.Decision))
            return new OutcomeModel(OutcomeShape.Decision, Value: null, isStepResult);
        if (type.Is(KnownNames.BatchPlan))
            return new OutcomeModel(OutcomeShape.BatchPlan, Value: null, isStepResult);
        if (type.Is(KnownNames.BatchResult))
            return new OutcomeModel(OutcomeShape.BatchResult, Value: null, isStepResult);

        OutcomeShape? carrier =
            type.Is(KnownNames.DecisionOfT) ? OutcomeShape.Decision
            : type.Is(KnownNames.BatchPlanOfT) ? OutcomeShape.BatchPlan
            : type.Is(KnownNames.BatchResultOfT) ? OutcomeShape.BatchResult
            : null;
        var valueType = carrier is null ? type : ((INamedTypeSymbol)type).TypeArguments[0];
        if (_values.Read(valueType, out var reason) is not { } value)
        {
            if (valueType.TypeKind is not TypeKind.Error)
                _report?.Invoke(Rules.UnsupportedType, Place, "The result", _displayName, reason!);
            return null;
        }

        if (carrier is not null && !value.Type.IsObject)
        {
            _report?.Invoke(
                Rules.UnsupportedType,
                Place,
                "The result",
                _displayName,
                $"'{valueType.ToDisplayString(SymbolExtensions.Message)}' travels inside a '{type.ToDisplayString(SymbolExtensions.Message)}', so it must be an object with members");
            return null;
        }

        return new OutcomeModel(carrier ?? OutcomeShape.Value, value, isStepResult);
    }

    private OutcomeModel? CheckShape(OutcomeModel outcome, ITypeSymbol returned)
    {
        var (expected, remedy) = _attribute.Kind switch
        {
            HandlerKind.Decision => (OutcomeShape.Decision, "return Decision or Decision<T>"),
            HandlerKind.BatchAnalyzer => (OutcomeShape.BatchPlan, "return BatchPlan or BatchPlan<T>"),
            HandlerKind.BatchWorker => (OutcomeShape.BatchResult, "return BatchResult or BatchResult<T>"),
            _ => (outcome.Shape, outcome.Shape switch
            {
                OutcomeShape.Decision => "use [Decision]",
                OutcomeShape.BatchPlan => "use [BatchAnalyzer]",
                OutcomeShape.BatchResult => "use [BatchWorker]",
                _ => "",
            }),
        };
        if (outcome.Shape == expected && (_attribute.Kind is not HandlerKind.Step || remedy.Length == 0))
            return outcome;
        _report?.Invoke(Rules.WrongReturnType, Place, _displayName, _attribute.DisplayName, returned.ToDisplayString(SymbolExtensions.Message), remedy);
        return null;
    }

    /// <summary>The containing type and method with underscores; an underscore of a name is doubled, so that no two names become one.</summary>
    private string FlatName() =>
        _method.ContainingType.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat).Replace("@", "").Replace("_", "__").Replace('.', '_')
        + "_" + _method.Name.Replace("_", "__");

    private static string Accessibility(ISymbol symbol) => symbol switch
    {
        INamedTypeSymbol { IsFileLocal: true } => "file-local",
        { DeclaredAccessibility: Microsoft.CodeAnalysis.Accessibility.Protected } => "protected",
        { DeclaredAccessibility: Microsoft.CodeAnalysis.Accessibility.ProtectedAndInternal } => "private protected",
        _ => "private",
    };
}
