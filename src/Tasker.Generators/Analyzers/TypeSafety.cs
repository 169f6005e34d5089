using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Parsing;

namespace Tasker.Generators.Analyzers;

/// <summary>
/// The safety rules for one class with handlers: the handlers, and the class's own helpers that they reach. Each body is looked at once, and each place reported once,
/// however many handlers lead to it.
/// </summary>
/// <param name="type">The class.</param>
/// <param name="handlers">Its handlers.</param>
internal sealed class TypeSafety(INamedTypeSymbol type, IReadOnlyList<IMethodSymbol> handlers)
{
    /// <summary>A helper's helper's helper is far from the handler that one looks at; farther away the rule explains nothing.</summary>
    private const int Deepest = 3;

    /// <summary>The handlers that a type declares.</summary>
    public static List<IMethodSymbol> FindHandlers(INamedTypeSymbol type)
    {
        var handlers = new List<IMethodSymbol>();
        foreach (var member in type.GetMembers())
        {
            if (member is not IMethodSymbol { PartialDefinitionPart: null } method)
                continue;
            foreach (var attribute in HandlerAttribute.All)
            {
                if (method.FindAttribute(attribute.MetadataName) is null)
                    continue;
                handlers.Add(method);
                break;
            }
        }

        return handlers;
    }

    public void Report(SymbolAnalysisContext context)
    {
        var methods = new Dictionary<IMethodSymbol, MethodSafety>(SymbolEqualityComparer.Default);
        var level = new List<IMethodSymbol>(handlers);
        for (var depth = 0; depth <= Deepest && level.Count > 0; depth++)
        {
            var next = new List<IMethodSymbol>();
            foreach (var method in level)
            {
                if (methods.ContainsKey(method))
                    continue;
                var safety = MethodSafety.Of(method, context.Compilation, context.CancellationToken);
                methods.Add(method, safety);
                foreach (var (place, call, remedy) in safety.Blocking)
                    context.ReportDiagnostic(Diagnostic.Create(Rules.BlockingCall, place, call, Name(method), remedy));
                foreach (var callee in safety.Callees)
                {
                    if (IsHelper(callee))
                        next.Add(Declaration(callee));
                }
            }

            level = next;
        }

        foreach (var handler in handlers)
            ReportToken(context, handler, methods[handler]);
    }

    private static void ReportToken(SymbolAnalysisContext context, IMethodSymbol handler, MethodSafety safety)
    {
        if (safety.UsesToken || handler.IsAbstract)
            return;
        foreach (var parameter in (handler.PartialImplementationPart ?? handler).Parameters)
        {
            if (!CancellableCall.IsToken(parameter.Type))
                continue;

            // A discard says that the token is left alone on purpose.
            if (parameter.Name != "_" && parameter.Locations.Length > 0)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Rules.IgnoredCancellation, parameter.Locations[0], Name(handler), $"its parameter '{parameter.Name}' is never used; pass it to the calls that take one"));
            }

            return;
        }

        if (IsTask(handler.ReturnType) && safety.WithoutToken is { } call)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rules.IgnoredCancellation, handler.Locations[0], Name(handler), $"'{call}' could be told to stop; take a CancellationToken parameter and pass it on"));
        }
    }

    /// <summary>A method of the class's own: what is public has a life of its own and other callers.</summary>
    private bool IsHelper(IMethodSymbol method) =>
        method.MethodKind is MethodKind.Ordinary
        && method.DeclaredAccessibility is Accessibility.Private or Accessibility.Internal or Accessibility.ProtectedAndInternal
        && SymbolEqualityComparer.Default.Equals(method.ContainingType.OriginalDefinition, type);

    public static bool IsTask(ITypeSymbol type) =>
        type.Is("System.Threading.Tasks.Task") || type.Is("System.Threading.Tasks.Task`1")
        || type.Is("System.Threading.Tasks.ValueTask") || type.Is("System.Threading.Tasks.ValueTask`1");

    /// <summary>One symbol for both parts of a partial method and for all constructions of a generic one.</summary>
    private static IMethodSymbol Declaration(IMethodSymbol method)
    {
        method = method.OriginalDefinition;
        return method.PartialDefinitionPart ?? method;
    }

    private static string Name(IMethodSymbol method) => $"{method.ContainingType.ToDisplayString(SymbolExtensions.Message)}.{method.Name}";
}
