using Microsoft.CodeAnalysis;
using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Parsing;

/// <summary>
/// What of Tasker a compilation refers to. Asks the assembly that has the type: a question to the whole compilation has Roslyn read the list of
/// types of every reference, a hundred and more, which nobody else may need.
/// </summary>
internal static class TaskerReferences
{
    public static bool HasContracts(this Compilation compilation) => Has(compilation, KnownNames.ContractsAssembly, KnownNames.HandlerRegistry);

    public static bool HasHosting(this Compilation compilation) => Has(compilation, KnownNames.RuntimeAssembly, KnownNames.TaskerBuilder);

    private static bool Has(Compilation compilation, string assembly, string type)
    {
        foreach (var reference in compilation.SourceModule.ReferencedAssemblySymbols)
        {
            if (reference.Name == assembly && reference.GetTypeByMetadataName(type) is not null)
                return true;
        }

        return false;
    }
}
