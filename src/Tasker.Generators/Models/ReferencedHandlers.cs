using Microsoft.CodeAnalysis;
using Tasker.Generators.Incremental;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Parsing;

namespace Tasker.Generators.Models;

/// <summary>What other assemblies announce in their manifests.</summary>
/// <param name="Keys">The keys of their handlers, ordered.</param>
/// <param name="IsHost">Whether this assembly is a program, so that these and its own are all the handlers there are.</param>
internal sealed record ReferencedHandlers(EquatableArray<string> Keys, bool IsHost)
{
    private static readonly ReferencedHandlers None = new([], IsHost: false);

    public static ReferencedHandlers Of(CompilationDeclarations declarations, CancellationToken cancellationToken) =>
        declarations.TryGetCompilation(out var compilation) ? Of(compilation, cancellationToken) : None;

    public static ReferencedHandlers Of(Compilation compilation, CancellationToken cancellationToken)
    {
        if (LanguageFloor.FindTooOld(compilation) is not null)
            return None;
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var assembly in compilation.SourceModule.ReferencedAssemblySymbols)
        {
            cancellationToken.ThrowIfCancellationRequested();
            keys.UnionWith(KeysOf(assembly));
        }

        var isHost = compilation.Options.OutputKind is OutputKind.ConsoleApplication or OutputKind.WindowsApplication;
        return new ReferencedHandlers(new List<string>(keys).ToEquatableArray(), isHost);
    }

    /// <summary>The keys of the handlers that an assembly announces.</summary>
    public static List<string> KeysOf(IAssemblySymbol assembly)
    {
        var keys = new List<string>();
        if (!UsesTasker(assembly) || assembly.FindAttribute(KnownNames.HandlerManifestAttribute) is not { ConstructorArguments: [{ Kind: TypedConstantKind.Array } list] })
            return keys;
        foreach (var item in list.Values)
        {
            if (item.Value is string key)
                keys.Add(key);
        }

        return keys;
    }

    /// <summary>Most references are of the framework; their attributes need not be read.</summary>
    private static bool UsesTasker(IAssemblySymbol assembly)
    {
        foreach (var module in assembly.Modules)
        {
            foreach (var reference in module.ReferencedAssemblies)
            {
                if (reference.Name == KnownNames.ContractsAssembly)
                    return true;
            }
        }

        return false;
    }
}
