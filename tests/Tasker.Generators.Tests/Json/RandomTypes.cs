using System.Text;

namespace Tasker.Generators.Tests.Json;

/// <summary>Writes random C# types of every form that can cross a step boundary.</summary>
internal sealed class RandomTypes(Random random)
{
    private static readonly string[] Scalars =
    [
        "bool", "byte", "sbyte", "short", "ushort", "int", "uint", "long", "ulong", "float", "double", "decimal", "char", "Int128", "UInt128", "Half",
        "DateTime", "DateTimeOffset", "DateOnly", "TimeOnly", "TimeSpan", "Guid",
    ];

    private static readonly string[] References = ["string", "string", "string", "Uri", "Version", "byte[]"];

    private static readonly string[] Collections =
    [
        "{0}[]", "List<{0}>", "IReadOnlyList<{0}>", "IList<{0}>", "ICollection<{0}>", "IEnumerable<{0}>", "IReadOnlyCollection<{0}>", "HashSet<{0}>", "ISet<{0}>",
        "ImmutableList<{0}>", "IImmutableList<{0}>", "Dictionary<string, {0}>", "IDictionary<string, {0}>",
        "IReadOnlyDictionary<string, {0}>", "SortedDictionary<string, {0}>", "Dictionary<int, {0}>", "Dictionary<long, {0}>", "Dictionary<Guid, {0}>",
        "Dictionary<Plain, {0}>", "IReadOnlyDictionary<Tiny, {0}>", "SortedDictionary<Huge, {0}>", "IDictionary<Text, {0}>", "Dictionary<Bits, {0}>",
    ];

    private static readonly string[] Names = ["Amount{0}", "HTTPStatus{0}X", "url{0}Value", "Gr\u00f6\u00dfe{0}", "_x{0}", "ID{0}", "A{0}B", "@class{0}", "Line{0}Of_Text"];

    private readonly StringBuilder _source = new();
    private readonly List<string> _classes = [];
    private readonly List<string> _structs = [];
    private readonly List<string> _bases = [];

    public List<string> Roots { get; } = [];

    public string Source => _source.ToString();

    public RandomTypes Add(int count)
    {
        _source.AppendLine("public enum Plain { Red, Green = 5, Blue = -1 }");
        _source.AppendLine("public enum Tiny : byte { Red, Green = 200 }");
        _source.AppendLine("public enum Huge : ulong { Red, Green = ulong.MaxValue }");
        _source.AppendLine("[JsonConverter(typeof(JsonStringEnumConverter))] public enum Text { Red, Green, [JsonStringEnumMemberName(\"dark red\")] Blue, red = 9 }");
        _source.AppendLine("[Flags, JsonConverter(typeof(JsonStringEnumConverter<Bits>))] public enum Bits : short { None, Red = 1, Green = 2, Blue = 4, Cyan = 6, Other = -32768 }");
        _source.AppendLine("public record Page<T> where T : notnull { public IReadOnlyList<T> Items { get; init; } = []; public int Total { get; init; } = 3; public required T? First { get; init; } }");
        _source.AppendLine("public sealed class Box<T>(T content) { public T Content { get; } = content; public T? Spare { get; init; } }");
        _structs.AddRange(["Plain", "Tiny", "Huge", "Text", "Bits"]);
        for (var i = 0; i < count; i++)
            AddType("T" + i);
        return this;
    }

    private bool Chance(int percent) => random.Next(100) < percent;

    private T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    private void AddType(string name)
    {
        switch (random.Next(9))
        {
            case 0:
                _source.AppendLine($"public sealed record {name}({Parameters(name, random.Next(1, 6))});");
                _classes.Add(name);
                break;
            case 1:
                _source.AppendLine($"public record {name}({Parameters(name, random.Next(1, 4))})").AppendLine("{").Append(Properties(name, 10, random.Next(1, 5))).AppendLine("}");
                _classes.Add(name);
                break;
            case 2:
                _source.AppendLine($"public class {name}").AppendLine("{").Append(Properties(name, 0, random.Next(1, 8))).AppendLine("}");
                _classes.Add(name);
                _bases.Add(name);
                break;
            case 3:
                _source.AppendLine($"public {Pick(["", "readonly "])}record struct {name}({Parameters(null, random.Next(1, 5))});");
                _structs.Add(name);
                break;
            case 4:
                _source.AppendLine($"public struct {name}").AppendLine("{").AppendLine("public " + name + "() { }").Append(Properties(null, 0, random.Next(1, 5))).AppendLine("}");
                _structs.Add(name);
                break;
            case 5:
                Constructed(name);
                break;
            case 6 when _bases.Count > 0:
                _source.AppendLine($"public sealed class {name} : {Pick(_bases)}").AppendLine("{").Append(Properties(name, 20 + (Roots.Count * 10), random.Next(1, 4))).AppendLine("}");
                _classes.Add(name);
                break;
            default:
                _source.AppendLine($"public sealed record {name}").AppendLine("{").Append(Properties(name, 0, random.Next(1, 80 / (Roots.Count + 1) + 2))).AppendLine("}");
                _classes.Add(name);
                break;
        }

        Roots.Add(name);
    }

    /// <summary>A class whose constructor takes its members by camel-case names, in another order.</summary>
    private void Constructed(string name)
    {
        var first = Type(name);
        var second = Type(null);
        _source.AppendLine($$"""
            public sealed class {{name}}
            {
                [JsonConstructor] public {{name}}({{second}} secondValue, {{first}} firstValue) { FirstValue = firstValue; SecondValue = secondValue; }
                public {{name}}() { FirstValue = default!; SecondValue = default!; }
                public {{first}} FirstValue { get; }
                {{(Chance(20) ? "[JsonIgnore] " : "")}}public {{second}} SecondValue { get; }
                public string Both => FirstValue + "" + typeof({{name}}).Name;
                public int Late { get; set; } = 4;
                public int Later { get; init; } = 5;
                public int Hidden { get; private set; }
            }
            """);
        _classes.Add(name);
    }

    private string Parameters(string? self, int count)
    {
        var parameters = new List<string>();
        var optional = false;
        if (count == 1)
            self = null; // It would be a copy constructor.
        for (var i = 0; i < count; i++)
        {
            optional |= Chance(15);
            var type = Type(self);
            var attribute = random.Next(20) switch
            {
                < 2 => $"[property: JsonPropertyName(\"renamed {i} <\u00e9>\")] ",
                2 => $"[property: JsonIgnore(Condition = JsonIgnoreCondition.{Pick(["Never", "WhenReading", "WhenWriting", "WhenWritingDefault"])})] ",
                _ => "",
            };
            var initial = !optional ? "" : type switch
            {
                "int" or "short" => " = -5",
                "ulong" => " = ulong.MaxValue",
                "decimal" => " = 1.10m",
                "double" => " = 0.1",
                "float" => " = 0.1f",
                "bool" => " = true",
                "char" => " = '\\''",
                "string" => " = \"a\\\"b\"",
                "Plain" => " = Plain.Blue",
                "int?" => " = 7",
                _ => " = default!",
            };
            parameters.Add($"{attribute}{type} {Name(i)}{initial}");
        }

        return string.Join(", ", parameters);
    }

    private string Properties(string? self, int from, int count)
    {
        var properties = new StringBuilder();
        for (var i = from; i < from + count; i++)
        {
            var type = Type(self);
            var required = Chance(15) ? "required " : "";
            var isNullable = type.EndsWith('?');
            var attribute = random.Next(12) switch
            {
                0 => $"[JsonPropertyName(\"p{i}\\\"\")] ",
                1 when required.Length == 0 => "[JsonIgnore] ",
                2 => "[JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ",
                3 when isNullable => "[JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ",
                4 => "[JsonPropertyOrder(-1)] ",
                5 => "[JsonRequired] ",
                6 when type is "Plain" or "Plain?" => "[JsonConverter(typeof(JsonStringEnumConverter<Plain>))] ",
                7 => "[JsonIgnore(Condition = JsonIgnoreCondition.Never)] ",
                8 when required.Length == 0 => "[JsonIgnore(Condition = JsonIgnoreCondition.WhenReading)] ",
                9 => "[JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting)] ",
                _ => "",
            };
            var getter = required.Length == 0 && attribute != "[JsonRequired] " && Chance(8) ? Pick(["internal get", "private get"]) : "get";
            var setter = Chance(40) ? "init" : "set";
            var initial = type is "int" or "long" or "decimal" ? " = 42;" : required.Length > 0 || isNullable || _structs.Contains(type) || Scalars.Contains(type) ? "" : " = default!;";
            properties.AppendLine($"    {attribute}public {required}{type} {Name(i)} {{ {getter}; {setter}; }}{initial}");
        }

        if (Chance(20))
            properties.AppendLine($"    public int Computed{from} => 12;").AppendLine($"    public int WriteOnly{from} {{ set {{ }} }}");
        return properties.ToString();
    }

    private string Name(int i) => Pick(Names).Replace("{0}", i.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private string Type(string? self)
    {
        switch (random.Next(12))
        {
            case < 4:
                return Pick(Scalars) + (Chance(25) ? "?" : "");
            case 4 or 5:
                return Pick(References) + (Chance(50) ? "?" : "");
            case 6:
                return Pick(_structs) + (Chance(25) ? "?" : "");
            case 7 when self is not null:
                return self + "?";
            case 8:
                return "JsonElement";
            case 9:
                return Chance(50) ? $"Page<{Element(self)}>" : $"Box<{Element(self)}>";
            default:
                return string.Format(System.Globalization.CultureInfo.InvariantCulture, Pick(Collections), Element(self)) + (Chance(30) ? "?" : "");
        }
    }

    private string Element(string? self) => random.Next(5) switch
    {
        0 when _classes.Count > 0 => Pick(_classes),
        1 => Pick(_structs),
        2 when self is not null => self,
        3 => "string",
        _ => Pick(Scalars),
    };
}
