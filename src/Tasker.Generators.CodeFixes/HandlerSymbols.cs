using Microsoft.CodeAnalysis;
using Tasker.Generators.Incremental;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Json;
using Tasker.Generators.Models;
using Tasker.Generators.Parsing;

namespace Tasker.Generators.CodeFixes;

/// <summary>The handlers of a compilation as symbols: what each step gives, and what others expect of it.</summary>
internal sealed class HandlerSymbols
{
    private readonly Dictionary<string, IMethodSymbol> _byKey = new(StringComparer.Ordinal);

    private HandlerSymbols()
    {
    }

    public static HandlerSymbols Of(Compilation compilation, CancellationToken cancellationToken)
    {
        var handlers = new HandlerSymbols();
        foreach (var tree in compilation.SyntaxTrees)
        {
            var methods = TreeDeclarations.Of(tree, cancellationToken).AttributedMethods;
            if (methods.Count == 0)
                continue;
            var model = compilation.GetSemanticModel(tree);
            foreach (var syntax in methods)
            {
                if (model.GetDeclaredSymbol(syntax, cancellationToken) is IMethodSymbol method
                    && HandlerAttribute.FindKey(method) is { } key
                    && !handlers._byKey.ContainsKey(key))
                {
                    handlers._byKey.Add(key, method);
                }
            }
        }

        return handlers;
    }

    public IMethodSymbol? Find(StepModel step) => _byKey.TryGetValue(HandlerModel.KeyOf(step.Callable, step.Method), out var handler) ? handler : null;

    /// <summary>What a handler's result carries for other steps to read, or <see langword="null"/> when that is nothing.</summary>
    public static ITypeSymbol? FindResult(IMethodSymbol handler)
    {
        var type = handler.ReturnType;
        if (type.SpecialType is SpecialType.System_Void || type.Is("System.Threading.Tasks.Task") || type.Is("System.Threading.Tasks.ValueTask"))
            return null;
        foreach (var wrapper in (string[])
            [
                "System.Threading.Tasks.Task`1", "System.Threading.Tasks.ValueTask`1", KnownNames.StepResultOfT,
                KnownNames.DecisionOfT, KnownNames.BatchPlanOfT, KnownNames.BatchResultOfT,
            ])
        {
            if (type.Is(wrapper))
                type = ((INamedTypeSymbol)type).TypeArguments[0];
        }

        return type.Is(KnownNames.StepFailure) || type.Is(KnownNames.Decision) || type.Is(KnownNames.BatchPlan) || type.Is(KnownNames.BatchResult) ? null : type;
    }

    /// <summary>The type that the first handler which reads a step reads it as.</summary>
    public ITypeSymbol? FindReader(TemplateModel template, StepModel step, bool isBatch)
    {
        foreach (var candidate in template.Steps)
        {
            if (Find(candidate) is not { } handler)
                continue;
            foreach (var parameter in handler.Parameters)
            {
                if (parameter.Type.Is(KnownNames.BatchResultsOfT) != isBatch || Binding(parameter) != step.Name)
                    continue;
                return isBatch ? ((INamedTypeSymbol)parameter.Type).TypeArguments[0] : Underlying(parameter.Type);
            }
        }

        return null;
    }

    private static string? Binding(IParameterSymbol parameter) =>
        parameter.FindAttribute(KnownNames.FromStepAttribute) is { } attribute ? attribute.FirstText() ?? SnakeCase.Convert(parameter.Name) : null;

    private static ITypeSymbol Underlying(ITypeSymbol type) => type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
        ? nullable.TypeArguments[0]
        : type.WithNullableAnnotation(NullableAnnotation.None);
}
