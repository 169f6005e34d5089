using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Tasker.Generators.Models;

namespace Tasker.Generators.Parsing;

/// <summary>The handlers of referenced assemblies that templates of this one use: what they return is compared with what is read here.</summary>
internal static class ReferencedMethods
{
    /// <summary>The annotated methods of an assembly by key. An assembly's symbol lives on while its reference stays the same.</summary>
    private static readonly ConditionalWeakTable<IAssemblySymbol, Dictionary<string, IMethodSymbol>> Known = new();

    /// <summary>
    /// Those of <paramref name="keys"/> that a manifest announces. One that cannot be read from here, as a type that this assembly does not see, is left out.
    /// </summary>
    public static IReadOnlyList<ParsedHandler> Find(Compilation compilation, ISet<string> keys, CancellationToken cancellationToken)
    {
        var found = new List<ParsedHandler>();
        foreach (var assembly in compilation.SourceModule.ReferencedAssemblySymbols)
        {
            if (!ReferencedHandlers.KeysOf(assembly).Exists(keys.Contains))
                continue;
            if (!Known.TryGetValue(assembly, out var methods))
            {
                methods = Collect(assembly, cancellationToken);
                methods = Known.GetValue(assembly, _ => methods);
            }

            foreach (var pair in methods)
            {
                if (keys.Contains(pair.Key) && Parse(pair.Value, compilation, cancellationToken) is { } handler)
                    found.Add(handler);
            }
        }

        return found;
    }

    private static Dictionary<string, IMethodSymbol> Collect(IAssemblySymbol assembly, CancellationToken cancellationToken)
    {
        var methods = new Dictionary<string, IMethodSymbol>(StringComparer.Ordinal);
        var pending = new Stack<INamespaceOrTypeSymbol>();
        pending.Push(assembly.GlobalNamespace);
        while (pending.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var member in pending.Pop().GetMembers())
            {
                if (member is INamespaceOrTypeSymbol inner)
                    pending.Push(inner);
                else if (member is IMethodSymbol { MethodKind: MethodKind.Ordinary } method && HandlerAttribute.FindKey(method) is { } key)
                    methods[key] = method;
            }
        }

        return methods;
    }

    private static ParsedHandler? Parse(IMethodSymbol method, Compilation compilation, CancellationToken cancellationToken)
    {
        foreach (var attribute in HandlerAttribute.All)
        {
            if (method.FindAttribute(attribute.MetadataName) is not { } data)
                continue;
            var values = new ValueReader(compilation, cancellationToken);
            return HandlerParser.Parse(method, data, attribute, values, report: null, cancellationToken) is { } handler
                ? new ParsedHandler(handler, values.Serializers, Failure: null)
                : null;
        }

        return null;
    }
}
