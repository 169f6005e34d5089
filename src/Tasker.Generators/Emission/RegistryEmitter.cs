using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;

namespace Tasker.Generators.Emission;

/// <summary>Writes an assembly's registry: its handlers and templates, without reflection or scanning.</summary>
internal static class RegistryEmitter
{
    /// <summary>Names differ by assembly, so that one that sees another's internals sees no second type of the same name.</summary>
    public static string ClassName(CompilationFacts facts) => facts.Identifier + "Registry";

    public static SourceText Emit(RegistryModel registry)
    {
        using var writer = GeneratedFile.Begin();
        var name = ClassName(registry.Facts);
        using (writer.Block("namespace Tasker.Generated"))
        {
            writer.Line($"/// <summary>The handlers and templates of {Identifiers.Documentation(registry.Facts.Name)}.</summary>");
            GeneratedFile.Marker(writer);
            GeneratedFile.Plumbing(writer);
            using (writer.Block($"internal sealed class {name} : {KnownNames.Global(KnownNames.HandlerRegistry)}"))
            {
                writer.Line($"public static {name} Instance {{ get; }} = new();").Line();
                var adapters = $"global::{AdapterEmitter.Namespace}.{AdapterEmitter.ClassName(registry.Facts)}.";
                List(writer, "Handlers", KnownNames.HandlerAdapter, registry.Adapters, adapter => adapters + adapter);
                writer.Line();
                List(writer, "Templates", KnownNames.TaskTemplate, registry.Templates, template => $"{template}.Template");
            }
        }

        writer.Line();
        AdapterEmitter.EmitClass(writer, registry.Facts);
        return writer.ToSourceText();
    }

    private static void List(IndentedWriter writer, string property, string type, EquatableArray<string> items, Func<string, string> expression)
    {
        var array = $"global::System.Collections.Immutable.ImmutableArray<{KnownNames.Global(type)}>";
        if (items.IsEmpty)
        {
            writer.Line($"public override {array} {property} => {array}.Empty;");
            return;
        }

        writer.Line($"public override {array} {property} {{ get; }} =");
        writer.Line("[");
        using (writer.Indented())
        {
            foreach (var item in items)
                writer.Line(expression(item) + ",");
        }

        writer.Line("];");
    }
}
