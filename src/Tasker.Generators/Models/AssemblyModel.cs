using Tasker.Generators.Incremental;
using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Models;

/// <summary>The few facts about a compilation that change what is emitted.</summary>
/// <param name="Name">The assembly's name.</param>
/// <param name="HasContracts">Whether Tasker's contracts can be seen.</param>
/// <param name="HasHosting">Whether the host's builder can be seen.</param>
internal sealed record CompilationFacts(string Name, bool HasContracts, bool HasHosting)
{
    /// <summary><c>Acme.Orders-Api</c> becomes <c>AcmeOrdersApi</c>.</summary>
    public string Identifier => Identifiers.ToPascalCase(Name);

    public static CompilationFacts Of(CompilationDeclarations declarations) => declarations.TryGetCompilation(out var compilation)
        ? new CompilationFacts(
            compilation.AssemblyName ?? "Assembly",
            compilation.GetTypeByMetadataName(KnownNames.HandlerRegistry) is not null,
            compilation.GetTypeByMetadataName(KnownNames.TaskerBuilder) is not null)
        : new CompilationFacts("Assembly", HasContracts: false, HasHosting: false);
}

/// <summary>What the registry lists.</summary>
/// <param name="Facts">The compilation.</param>
/// <param name="Adapters">The names of the adapters.</param>
/// <param name="Templates">The compiled templates, as source writes them.</param>
internal sealed record RegistryModel(CompilationFacts Facts, EquatableArray<string> Adapters, EquatableArray<string> Templates);

/// <summary>What the registration of an assembly's handlers needs.</summary>
/// <param name="Facts">The compilation.</param>
/// <param name="Services">The handler classes that come from the host's services.</param>
internal sealed record HostingModel(CompilationFacts Facts, EquatableArray<InstanceModel> Services);
