using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;

namespace Tasker.Generators.Parsing;

/// <summary>
/// Reads what the handlers of referenced assemblies take and return. An assembly is read once: its symbol lives on while its reference and
/// those that it needs stay the same.
/// </summary>
internal sealed class ReferencedAssemblyReader(Compilation compilation, CancellationToken cancellationToken)
{
    /// <summary>What was read of an assembly, by who looked at it: one symbol may serve several compilations.</summary>
    private static readonly ConditionalWeakTable<IAssemblySymbol, ConcurrentDictionary<string, Reading>> Known = new();

    /// <summary>All that announce handlers, in the order of the references.</summary>
    public List<ReferencedAssembly> Read()
    {
        var assemblies = new List<ReferencedAssembly>();
        var observer = default(string);
        var names = default(ImportedNames);
        foreach (var assembly in compilation.SourceModule.ReferencedAssemblySymbols)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!UsesTasker(assembly))
                continue;
            var readings = Known.GetValue(assembly, static _ => new ConcurrentDictionary<string, Reading>(StringComparer.Ordinal));
            observer ??= Observer();
            if (!readings.TryGetValue(observer, out var reading))
                reading = readings.GetOrAdd(observer, Read(assembly));
            if (!reading.Assembly.Handlers.IsEmpty)
                assemblies.Add(reading.Usable(names ??= new ImportedNames(compilation)));
        }

        return assemblies;
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

    /// <summary>What of this compilation decides what it can use of an assembly: whose internals it sees, and what it can name.</summary>
    private string Observer()
    {
        var observer = compilation.AssemblyName ?? "";
        foreach (var reference in compilation.References)
        {
            if (reference.Properties.Aliases is { IsEmpty: false } aliases)
                observer += $"\n{reference.Display}\t{string.Join(",", aliases)}";
        }

        return observer;
    }

    private Reading Read(IAssemblySymbol assembly)
    {
        var announced = KeysOf(assembly);
        if (announced.Count == 0)
            return Reading.Empty;
        var handlers = new SortedDictionary<string, ReferencedHandler>(StringComparer.Ordinal);
        foreach (var key in announced)
            handlers[key] = ReferencedHandler.Unseen(key);
        var found = new HashSet<string>(StringComparer.Ordinal);
        var values = new ValueReader(compilation, cancellationToken, isImport: true);
        foreach (var (method, attribute, data) in Annotated(assembly))
        {
            if (HandlerAttribute.KeyOf(data) is { } key && handlers.ContainsKey(key))
                handlers[key] = found.Add(key) ? HandlerParser.Describe(key, method, attribute, data, values) : ReferencedHandler.Unseen(key);
        }

        return new Reading(new ReferencedAssembly([.. handlers.Values], values.Serializers));
    }

    /// <summary>The keys of the handlers that an assembly announces.</summary>
    private static SortedSet<string> KeysOf(IAssemblySymbol assembly)
    {
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        if (assembly.FindAttribute(KnownNames.HandlerManifestAttribute) is not { ConstructorArguments: [{ Kind: TypedConstantKind.Array, IsNull: false } list] })
            return keys;
        foreach (var item in list.Values)
        {
            if (item.Value is string key)
                keys.Add(key);
        }

        return keys;
    }

    /// <summary>The methods of an assembly with an attribute that makes a handler, as far as they are imported: what is internal is so only for a friend.</summary>
    private IEnumerable<(IMethodSymbol Method, HandlerAttribute Attribute, AttributeData Data)> Annotated(IAssemblySymbol assembly)
    {
        var pending = new Stack<INamespaceOrTypeSymbol>();
        pending.Push(assembly.GlobalNamespace);
        while (pending.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var member in pending.Pop().GetMembers())
            {
                if (member is INamespaceOrTypeSymbol inner)
                    pending.Push(inner);
                if (member is not IMethodSymbol { MethodKind: MethodKind.Ordinary } method)
                    continue;
                foreach (var attribute in HandlerAttribute.All)
                {
                    if (method.FindAttribute(attribute.MetadataName) is { } data)
                        yield return (method, attribute, data);
                }
            }
        }
    }

    /// <summary>What was read of an assembly. Holds no symbol.</summary>
    private sealed class Reading
    {
        public static readonly Reading Empty = new(new ReferencedAssembly([], []));

        private readonly HashSet<string> _imports = new(StringComparer.Ordinal);

        public Reading(ReferencedAssembly assembly)
        {
            Assembly = assembly;
            foreach (var handler in assembly.Handlers)
            {
                foreach (var value in handler.Values)
                    _imports.UnionWith(value.Imports);
            }
        }

        public ReferencedAssembly Assembly { get; }

        /// <summary>The assembly as the compilation can use it now: a type declared there may have taken a name, or another reference may have it too.</summary>
        public ReferencedAssembly Usable(ImportedNames names)
        {
            var lost = new HashSet<string>(StringComparer.Ordinal);
            foreach (var name in _imports)
            {
                if (!names.IsClear(name))
                    lost.Add(name);
            }

            return lost.Count == 0 ? Assembly : Assembly.Without(lost);
        }
    }
}
