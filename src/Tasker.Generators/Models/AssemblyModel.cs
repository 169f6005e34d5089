using Tasker.Generators.Incremental;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Parsing;

namespace Tasker.Generators.Models;

/// <summary>The few facts about a compilation that change what is emitted.</summary>
/// <param name="Name">The assembly's name.</param>
/// <param name="HasContracts">Whether Tasker's contracts can be seen.</param>
/// <param name="HasHosting">Whether the host's builder can be seen.</param>
/// <param name="OldLanguage">The language version, when generated code cannot be compiled with it; then nothing else is true.</param>
internal sealed record CompilationFacts(string Name, bool HasContracts, bool HasHosting, string? OldLanguage = null)
{
    /// <summary><c>Acme.Orders-Api</c> becomes <c>AcmeOrdersApi</c>.</summary>
    public string Identifier => Identifiers.ToPascalCase(Name);

    public static CompilationFacts Of(CompilationDeclarations declarations)
    {
        if (!declarations.TryGetCompilation(out var compilation))
            return new CompilationFacts("Assembly", HasContracts: false, HasHosting: false);
        var name = compilation.AssemblyName ?? "Assembly";
        var hasContracts = compilation.HasContracts();
        return hasContracts && LanguageFloor.FindTooOld(compilation) is { } version
            ? new CompilationFacts(name, HasContracts: false, HasHosting: false, version)
            : new CompilationFacts(name, hasContracts, compilation.HasHosting());
    }
}

/// <summary>What the registry lists.</summary>
/// <param name="Facts">The compilation.</param>
/// <param name="Adapters">The names of the adapters.</param>
/// <param name="Templates">The compiled templates, as source writes them.</param>
internal sealed record RegistryModel(CompilationFacts Facts, EquatableArray<string> Adapters, EquatableArray<string> Templates);

/// <summary>What the assembly announces to others.</summary>
/// <param name="Facts">The compilation.</param>
/// <param name="Keys">The keys of its handlers, ordered.</param>
internal sealed record ManifestModel(CompilationFacts Facts, EquatableArray<string> Keys);

/// <summary>What the registration of an assembly's handlers needs.</summary>
/// <param name="Facts">The compilation.</param>
/// <param name="Services">The handler classes that come from the host's services.</param>
/// <param name="Clients">The API clients that handlers take.</param>
internal sealed record HostingModel(CompilationFacts Facts, EquatableArray<InstanceModel> Services, EquatableArray<ApiClientModel> Clients);
