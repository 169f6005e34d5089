using Microsoft.CodeAnalysis.Text;

namespace Tasker.Generators.Emission;

/// <summary>
/// Writes the attribute that hides a type from other assemblies, also from those that see internals. Partial, as other generators write it; not before all
/// other output, where it would be part of the compilation that the generator sees and that analyzers do not.
/// </summary>
internal static class EmbeddedEmitter
{
    public static SourceText Emit()
    {
        using var writer = GeneratedFile.Begin();
        writer.Line("namespace Microsoft.CodeAnalysis;").Line();
        writer.Line("internal sealed partial class EmbeddedAttribute : global::System.Attribute;");
        return writer.ToSourceText();
    }
}
