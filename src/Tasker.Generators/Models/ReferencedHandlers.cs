using System.Linq;
using Microsoft.CodeAnalysis;
using Tasker.Generators.Incremental;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Json;
using Tasker.Generators.Parsing;

namespace Tasker.Generators.Models;

/// <summary>The handlers that other assemblies announce in their manifests, as far as they can be seen from here.</summary>
/// <param name="Assemblies">What each assembly has; those without a handler are left out.</param>
/// <param name="IsHost">Whether this assembly is a program, so that these and its own are all the handlers there are.</param>
internal sealed record ReferencedHandlers(EquatableArray<ReferencedAssembly> Assemblies, bool IsHost)
{
    private static readonly ReferencedHandlers None = new([], IsHost: false);

    public static ReferencedHandlers Of(CompilationDeclarations declarations, CancellationToken cancellationToken) =>
        declarations.TryGetCompilation(out var compilation) ? Of(compilation, cancellationToken) : None;

    public static ReferencedHandlers Of(Compilation compilation, CancellationToken cancellationToken)
    {
        if (LanguageFloor.FindTooOld(compilation) is not null)
            return None;
        var assemblies = new ReferencedAssemblyReader(compilation, cancellationToken).Read();
        var isHost = compilation.Options.OutputKind is OutputKind.ConsoleApplication or OutputKind.WindowsApplication;
        return new ReferencedHandlers(assemblies.ToEquatableArray(), isHost);
    }

    /// <summary>One handler for each key. Of a key that two assemblies announce nobody knows which one will run.</summary>
    public IEnumerable<ReferencedHandler> Distinct()
    {
        var byKey = new Dictionary<string, ReferencedHandler>(StringComparer.Ordinal);
        foreach (var assembly in Assemblies)
        {
            foreach (var handler in assembly.Handlers)
                byKey[handler.Key] = byKey.ContainsKey(handler.Key) ? ReferencedHandler.Unseen(handler.Key) : handler;
        }

        return byKey.Values;
    }

    /// <summary>The serializers of these types and of all that they are made of. Of types that no referenced handler names there are none.</summary>
    public EquatableArray<JsonTypeModel> TypesOf(EquatableArray<string> names)
    {
        if (names.IsEmpty || Assemblies.IsEmpty)
            return [];
        var known = new Dictionary<string, JsonTypeModel>(StringComparer.Ordinal);
        foreach (var assembly in Assemblies)
        {
            foreach (var type in assembly.Types)
                known[type.ClassName] = type;
        }

        return JsonTypeModel.Closure(names, known).ToEquatableArray();
    }
}

/// <summary>The handlers of one referenced assembly.</summary>
/// <param name="Handlers">The handlers, ordered by key.</param>
/// <param name="Types">The types that they read and return, and all that these are made of.</param>
internal sealed record ReferencedAssembly(EquatableArray<ReferencedHandler> Handlers, EquatableArray<JsonTypeModel> Types)
{
    /// <summary>The same where these names of types cannot be used.</summary>
    public ReferencedAssembly Without(ICollection<string> imports)
    {
        var handlers = new List<ReferencedHandler>();
        var roots = new List<string>();
        foreach (var handler in Handlers)
        {
            var usable = handler.Without(imports);
            handlers.Add(usable);
            foreach (var value in usable.Values)
            {
                if (value.Type.ModelName is { } name)
                    roots.Add(name);
            }
        }

        var known = new Dictionary<string, JsonTypeModel>(StringComparer.Ordinal);
        foreach (var type in Types)
            known.Add(type.ClassName, type);
        return new ReferencedAssembly(handlers.ToEquatableArray(), JsonTypeModel.Closure(roots, known).ToEquatableArray());
    }
}

/// <summary>A handler of a referenced assembly. Nothing of it is called from here, so all that matters is what it takes and returns.</summary>
/// <param name="Key">Callable and method.</param>
/// <param name="Kind">Which attribute it carries; <see langword="null"/> when only the manifest speaks of it.</param>
/// <param name="DisplayName">The method's name without namespaces, for messages.</param>
/// <param name="WorkerTemplate">The batch worker step of a batch analyzer.</param>
/// <param name="Parameters">Those of its parameters whose types can be used here.</param>
/// <param name="HasAllParameters">Whether these are all that it has.</param>
/// <param name="Outcome">What it returns; <see langword="null"/> when the type cannot be used here.</param>
internal sealed record ReferencedHandler(
    string Key, HandlerKind? Kind, string DisplayName, string? WorkerTemplate, EquatableArray<ParameterModel> Parameters, bool HasAllParameters, OutcomeModel? Outcome)
{
    /// <summary>One of which nothing is known.</summary>
    public static ReferencedHandler Unseen(string key) => new(key, Kind: null, DisplayName: key, WorkerTemplate: null, [], HasAllParameters: false, Outcome: null);

    /// <summary>What it reads and returns.</summary>
    public IEnumerable<ValueModel> Values
    {
        get
        {
            for (var i = 0; i < Parameters.Count; i++)
            {
                if (Parameters[i].Value is { } read)
                    yield return read;
            }

            if (Outcome?.Value is { } written)
                yield return written;
        }
    }

    /// <summary>The same where these names of types cannot be used.</summary>
    public ReferencedHandler Without(ICollection<string> imports) => this with
    {
        Parameters = [.. Parameters.Where(parameter => !IsLost(parameter.Value, imports))],
        HasAllParameters = HasAllParameters && !Parameters.Any(parameter => IsLost(parameter.Value, imports)),
        Outcome = IsLost(Outcome?.Value, imports) ? null : Outcome,
    };

    private static bool IsLost(ValueModel? value, ICollection<string> imports) => value is not null && value.Imports.Any(imports.Contains);
}
