using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;

namespace Tasker.Generators.Templates;

/// <summary>Reads from a template's <c>input_schema</c> (JSON Schema) the members of the typed inputs record.</summary>
internal static class InputSchema
{
    /// <summary>The schema's properties; empty when it has none. What has no C# type of its own becomes <see cref="InputType.Element"/>.</summary>
    public static EquatableArray<InputModel> Read(YamlNode? schema)
    {
        if (schema is not YamlMapping mapping || mapping["properties"] is not YamlMapping properties)
            return [];
        var required = new HashSet<string>(StringComparer.Ordinal);
        if (mapping["required"] is YamlSequence names)
        {
            foreach (var name in names.Items)
            {
                if (name is YamlScalar scalar)
                    required.Add(scalar.Text);
            }
        }

        var inputs = new List<InputModel>();
        foreach (var property in properties.Entries)
        {
            var isArray = TypeOf(property.Value) == "array";
            var type = isArray ? Map((property.Value as YamlMapping)?["items"]) : Map(property.Value);
            inputs.Add(new InputModel(
                property.Key.Text,
                type,
                isArray,
                required.Contains(property.Key.Text),
                ((property.Value as YamlMapping)?["description"] as YamlScalar)?.Text));
        }

        return inputs.ToEquatableArray();
    }

    private static InputType Map(YamlNode? property) => TypeOf(property) switch
    {
        "string" => InputType.String,
        "integer" => InputType.Int64,
        "number" when ((property as YamlMapping)?["format"] as YamlScalar)?.Text == "decimal" => InputType.Decimal,
        "number" => InputType.Double,
        "boolean" => InputType.Boolean,
        _ => InputType.Element,
    };

    private static string? TypeOf(YamlNode? property) => ((property as YamlMapping)?["type"] as YamlScalar)?.Text;
}
