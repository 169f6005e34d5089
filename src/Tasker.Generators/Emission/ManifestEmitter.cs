using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Emission;

/// <summary>Writes an assembly's manifest: what tells the compilers of other assemblies which handlers are here.</summary>
internal static class ManifestEmitter
{
    public static SourceText Emit(EquatableArray<string> handlerKeys)
    {
        using var writer = GeneratedFile.Begin(isPublic: true);
        writer.Line($"[assembly: {KnownNames.Global(KnownNames.HandlerManifestAttribute)}(");
        using (writer.Indented())
        {
            for (var i = 0; i < handlerKeys.Count; i++)
                writer.Line(Identifiers.Literal(handlerKeys[i]) + (i + 1 < handlerKeys.Count ? "," : ")]"));
        }

        return writer.ToSourceText();
    }
}
