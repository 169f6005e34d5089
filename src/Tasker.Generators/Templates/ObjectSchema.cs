using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;

namespace Tasker.Generators.Templates;

/// <summary>Reads from a JSON Schema of an object the members of the typed record that it becomes.</summary>
internal static class ObjectSchema
{
    /// <summary>Aliases can make a small schema an endless one; deeper objects stay JSON.</summary>
    private const int MaxDepth = 8;

    /// <summary>Aliases can make a small schema an enormous one; no schema that people write has so many members.</summary>
    private const int MaxMembers = 1000;

    /// <summary>The schema's properties; empty when it has none. What has no C# type of its own becomes <see cref="InputType.Element"/>.</summary>
    public static EquatableArray<InputModel> Read(YamlNode? schema)
    {
        var budget = MaxMembers;
        return Read(schema, depth: 1, ref budget);
    }

    private static EquatableArray<InputModel> Read(YamlNode? schema, int depth, ref int budget)
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
            if (budget-- <= 0)
                break;
            var isArray = TypeOf(property.Value) == "array";
            var value = isArray ? (property.Value as YamlMapping)?["items"] : property.Value;
            var members = TypeOf(value) == "object" && depth < MaxDepth ? Read(value, depth + 1, ref budget) : [];
            inputs.Add(new InputModel(
                property.Key.Text,
                members.IsEmpty ? Map(value) : InputType.Object,
                isArray,
                required.Contains(property.Key.Text),
                ((property.Value as YamlMapping)?["description"] as YamlScalar)?.Text,
                members));
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
