using System.Globalization;
using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Json;

/// <summary>Emits the serializer of an enum.</summary>
internal static class EnumEmitter
{
    public static void Emit(IndentedWriter source, JsonEnumModel model)
    {
        if (model.Names is { } names)
            EmitNames(source, model, names);

        var number = model.Underlying;
        using (JsonEmitter.BeginRead(source, model))
        {
            if (model.Names is not null)
            {
                source.Line("if (reader.TokenType is not global::System.Text.Json.JsonTokenType.Number)");
                using (source.Indented())
                    source.Line($"return unchecked(({model.TypeName})Names.Read(ref reader));");
            }

            source.Line($"return ({model.TypeName}){number.ReadCall("reader")};");
        }

        using (JsonEmitter.BeginWrite(source, model))
        {
            if (model.Names is not null)
                source.Line("if (!Names.TryWrite(writer, unchecked((ulong)value)))").Write("    ");
            source.Line(number.WriteCall("writer", $"({number.TypeName})value"));
        }
    }

    private static void EmitNames(IndentedWriter source, JsonEnumModel model, JsonEnumNames names)
    {
        source.Line();
        source.Line(
            $"internal static readonly JsonEnumText Names = new({Identifiers.Literal(model.DisplayName)}, {(names.IsFlags ? "true" : "false")}, {names.Min}, {names.Max},");
        using (source.Indented())
        {
            var texts = new List<string>();
            var values = new List<string>();
            var exact = new List<string>();
            var anyExact = false;
            foreach (var name in names.Items)
            {
                texts.Add(Identifiers.Literal(name.JsonName));
                values.Add(name.Value.ToString(CultureInfo.InvariantCulture) + "UL");
                exact.Add(name.IsExact ? "true" : "false");
                anyExact |= name.IsExact;
            }

            source.Line($"new string[] {{ {string.Join(", ", texts)} }},");
            source.Line($"new ulong[] {{ {string.Join(", ", values)} }}{(anyExact ? $", new bool[] {{ {string.Join(", ", exact)} }}" : "")});");
        }
    }
}
