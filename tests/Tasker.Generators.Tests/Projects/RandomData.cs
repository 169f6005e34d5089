using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;
using Tasker.Generators.Json;

namespace Tasker.Generators.Tests.Projects;

/// <summary>A type of the random project, as its sources write it.</summary>
/// <param name="Name">The type from the global namespace.</param>
/// <param name="Kind">What its values are.</param>
/// <param name="Constants">Expressions that can be default values.</param>
internal sealed record DataType(string Name, DataKind Kind, params string[] Constants);

internal enum DataKind
{
    Value,
    Reference,
    Object,
    ObjectValue,
}

/// <summary>Data types with odd names in odd places.</summary>
/// <param name="odd">Chooses.</param>
/// <param name="isInternal">Whether types and handlers are internal.</param>
/// <param name="hasAliases">Whether the project has the source <see cref="Aliases"/>.</param>
/// <param name="sharesLibrary">Whether the project refers to the <see cref="SharedLibrary"/>.</param>
internal sealed class RandomData(Odd odd, bool isInternal, bool hasAliases, bool sharesLibrary)
{
    public const string Aliases = """
        global using AliasMoney = decimal;
        global using AliasText = string;
        global using AliasLines = System.Collections.Generic.List<System.Decimal[]>;
        global using AliasRow = int?[];
        """;

    /// <summary>Where a source goes on in a file of its own.</summary>
    public const string NextFile = "\n//// next file\n";

    private const string Collections = "global::System.Collections.Generic.";

    private static readonly DataType[] Scalars =
    [
        new("int", DataKind.Value, "0", "-5", "int.MinValue", "+1", "'a'"),
        new("long", DataKind.Value, "long.MinValue", "-1", "5L"),
        new("byte", DataKind.Value, "255"),
        new("sbyte", DataKind.Value, "-128"),
        new("short", DataKind.Value, "-32768"),
        new("ushort", DataKind.Value, "65535"),
        new("uint", DataKind.Value, "uint.MaxValue"),
        new("ulong", DataKind.Value, "ulong.MaxValue"),
        new("float", DataKind.Value, "float.NaN", "-0f", "float.Epsilon", "float.NegativeInfinity", "1e30f", "0.1f"),
        new("double", DataKind.Value, "double.NaN", "-0d", "double.MaxValue", "double.PositiveInfinity", "0.1", "1e300", "5"),
        new("decimal", DataKind.Value, "-1.10m", "decimal.MaxValue", "0.0000000000000000000000000001m", "0", "1.0m"),
        new("char", DataKind.Value, "'\\''", "'\\\\'", "'\\0'", "'\\ud800'", "'\\u2028'", "'\\n'", "default"),
        new("bool", DataKind.Value, "true", "false"),
        new("string", DataKind.Reference, "\"\"", "\"a\\\"b\\\\\"", "\"{0}\\r\\n\\t\"", "\"\\ud83d\\ude00\"", "\"\\ud800\"", "\"*/\"", "\"\\0\"", "\"\\u2028\""),
        new("global::System.Guid", DataKind.Value, "default"),
        new("global::System.DateOnly", DataKind.Value, "default"),
        new("global::System.TimeSpan", DataKind.Value, "default"),
        new("global::System.DateTimeOffset", DataKind.Value, "default"),
        new("global::System.Uri", DataKind.Reference),
        new("global::System.Text.Json.JsonElement", DataKind.Value),
        new("byte[]", DataKind.Reference),
    ];

    /// <summary>What <see cref="Aliases"/> names.</summary>
    private static readonly DataType[] Aliased =
    [
        new("AliasMoney", DataKind.Value, "1.5m", "default"),
        new("AliasText", DataKind.Reference, "\"a\"", "null!"),
        new("AliasLines", DataKind.Reference, "null!"),
        new("AliasRow", DataKind.Reference, "null!"),
    ];

    /// <summary>What <see cref="SharedLibrary"/> has.</summary>
    private static readonly DataType[] Shared =
    [
        new("shared::Shop.Shared.Item", DataKind.Object),
        new("global::Shop.Shared.Page<shared::Shop.Shared.Level?>", DataKind.Object),
        new("shared::Shop.Shared.Range", DataKind.ObjectValue, "default"),
        new("shared::Shop.Shared.Level", DataKind.Value, "shared::Shop.Shared.Level.High", "default"),
    ];

    private readonly List<DataType> _types = [.. sharesLibrary ? Shared : []];
    private readonly List<string> _bases = [];

    public IReadOnlyList<DataType> Types => _types;

    /// <summary>Some type that a value can have.</summary>
    public DataType Any() => odd.Next(10) switch
    {
        0 when hasAliases => odd.Pick(Aliased),
        < 3 => Nullable(odd.Pick(Scalars)),
        < 7 when _types.Count > 0 => Nullable(odd.Pick<DataType>(_types)),
        _ => Collection(Element()),
    };

    public DataType? AnyObject()
    {
        var objects = _types.Where(type => type.Kind is DataKind.Object or DataKind.ObjectValue).ToList();
        return objects.Count == 0 ? null : odd.Pick<DataType>(objects);
    }

    /// <summary>A default value of a type.</summary>
    public string? Constant(DataType type) => type.Constants.Length > 0 && odd.Chance(70) ? odd.Pick(type.Constants) : null;

    /// <summary>The source of a type and of what is around it.</summary>
    public string Declare(string space, HashSet<string> scope)
    {
        var name = odd.Identifier(scope);
        var prefix = space.Length == 0 ? "global::" : $"global::{space}.";
        var source = new StringBuilder();
        var closings = "";
        var access = isInternal ? "internal" : "public";
        if (odd.Chance(25))
        {
            var outer = name;
            var isGeneric = odd.Chance(40);
            source.AppendLine(access + odd.Pick(" static class ", " sealed class ", " partial class ", " interface ", " struct ") + outer + (isGeneric ? "<TOuter>" : "") + " {");
            prefix += outer + (isGeneric ? $"<{odd.Pick("int", "string", "global::System.Collections.Generic.List<int>", "bool?")}>" : "") + ".";
            closings = "}\n";
            name = odd.Identifier([outer.TrimStart('@'), "TOuter"]);
        }

        Attributes(source);
        Type(source, name, prefix + name, isNested: closings.Length > 0);
        return source.Append(closings).ToString();
    }

    private void Attributes(StringBuilder source) => source.Append(odd.Next(12) switch
    {
        0 => "[global::System.Obsolete] ",
        1 => "[global::System.Obsolete(\"no </summary>\")] ",
        2 => "[global::System.Obsolete(\"no\", DiagnosticId = \"OLD1\")] ",
        3 => "[global::System.Diagnostics.CodeAnalysis.Experimental(\"EXP1\")] ",
        _ => "",
    });

    private void Type(StringBuilder source, string name, string fullName, bool isNested)
    {
        var access = isInternal ? "internal" : "public";
        var scope = new HashSet<string> { SnakeCase.Convert(name.TrimStart('@')), name.TrimStart('@').ToUpperInvariant() };
        switch (odd.Next(19))
        {
            case 0:
                Enum(source, access, name, fullName);
                return;
            case 1:
                source.AppendLine($"{access} sealed record {name}({Parameters(odd.Next(4), scope)});");
                _types.Add(new DataType(fullName, DataKind.Object));
                return;
            case 2:
                source.AppendLine($"{access} {odd.Pick("readonly ", "")}record struct {name}({Parameters(1 + odd.Next(3), scope)});");
                _types.Add(new DataType(fullName, DataKind.ObjectValue, "default"));
                return;
            case 3:
                source.AppendLine($"{access} struct {name} {{ {Properties(1 + odd.Next(3), scope)} }}");
                _types.Add(new DataType(fullName, DataKind.ObjectValue, "default"));
                return;
            case 4:
                var argument = Element();
                source.AppendLine($"{access} record {name}<T>({Parameters(odd.Next(2), scope)}) {{ {Properties(1, scope)} public T? {odd.Member(scope)} {{ get; {odd.Pick("set", "init")}; }} }}");
                _types.Add(new DataType($"{fullName}<{argument.Name}>", DataKind.Object));
                return;
            case 5 when _bases.Count > 0:
                source.AppendLine($"{access} sealed class {name} : {odd.Pick<string>(_bases)} {{ public int Own{odd.Next(1000)} {{ get; init; }} }}");
                _types.Add(new DataType(fullName, DataKind.Object));
                return;
            case 7:
                var (a, b) = (Any(), Any());
                var (first, second) = (odd.Member(scope), odd.Member(scope));
                source.AppendLine($$"""
                    {{access}} sealed class {{name}} {
                        [global::System.Text.Json.Serialization.JsonConstructor] {{odd.Pick("", "[global::System.Obsolete] ", "[global::System.Diagnostics.CodeAnalysis.Experimental(\"EXP3\")] ", "")}}public {{name}}({{a.Name}} {{first}}, {{b.Name}} {{second}}) { this.{{first}} = {{first}}; this.{{second}} = {{second}}; }
                        public {{name}}() : this(default!, default!) { }
                        public {{a.Name}} {{first}} { get; } public {{b.Name}} {{second}} { get; {{odd.Pick("", "set;", "init;", "private set;")}} }
                    }
                    """);
                _types.Add(new DataType(fullName, DataKind.Object));
                return;
            case 8:
                var hidden = odd.Member(scope);
                source.AppendLine($$"""
                    {{access}} abstract class {{name}}Base { public virtual int {{hidden}} { get; set; } public int {{hidden}}2 { get; {{odd.Pick("set", "init")}}; } public abstract string? {{hidden}}3 { get; set; } }
                    {{access}} sealed class {{name}} : {{name}}Base { public override int {{hidden}} { get; set; } public new {{Any().Name}} {{hidden}}2 { get; {{odd.Pick("set", "init")}}; } = default!; public override string? {{hidden}}3 { get; set; } }
                    """);
                _types.Add(new DataType(fullName, DataKind.Object));
                return;
            case 9:
                var odder = odd.Member(scope);
                source.AppendLine($$"""
                    {{access}} sealed class {{name}} {
                        {{odd.Pick("[global::System.Obsolete(\"x\", false)] ", "")}}public {{Any().Name}} {{odder}} { {{odd.Pick("get; set;", "get; init;", "get; private set;", "get; internal set;", "internal get; set;", "[global::System.Obsolete] get; [global::System.Obsolete] set;")}} } = default!;
                        {{odd.Pick("", "public required global::System.DayOfWeek Day11 { get; init; }", "public int? Late11 { get; set; } = 7;")}}
                    }
                    """);
                _types.Add(new DataType(fullName, DataKind.Object));
                return;
            case 10:
                source.AppendLine($"{access} readonly struct {name} {{ public {name}() {{ }} {Properties(1, scope).Replace(" set; ", " init; ", StringComparison.Ordinal)} }}");
                _types.Add(new DataType(fullName, DataKind.ObjectValue, "default"));
                return;
            case 11:
                var (constraint, closedBy) = odd.Pick(("notnull", "int"), ("class?", "byte[]"), ("global::System.Collections.Generic.IEnumerable<char>", "string"), ("notnull", "string"));
                source.AppendLine($"{access} record {name}<TA, TB>({odd.Pick("TA", "TB?", "TA[]", "global::System.Collections.Generic.Dictionary<string, TB>")} {odd.Member(scope)}, TB {odd.Member(scope)} = default!) where TA : {odd.Pick("struct", "unmanaged, global::System.IComparable<TA>", "global::System.IComparable")} where TB : {constraint} {{ public {Any().Name} {odd.Member(scope)} {{ get; init; }} = default!; }}");
                _types.Add(new DataType($"{fullName}<{odd.Pick("int", "bool", "global::System.DayOfWeek", "global::System.Guid")}, {closedBy}>", DataKind.Object));
                return;
            case 12:
                Derived(source, access, name, scope);
                _types.Add(new DataType(fullName, DataKind.Object));
                return;
            case 13:
                ClosesGenericBase(source, access, name, scope);
                _types.Add(new DataType(fullName, DataKind.Object));
                return;
            case 14:
                var (inner, deep) = (odd.Member(scope), odd.Member(scope));
                source.AppendLine($$"""
                    {{access}} sealed record {{name}}({{fullName}}.Item? {{inner}}) {
                        public sealed record Item(int Mine14, {{fullName}}.Deep.Item? {{deep}});
                        public static class Deep { public readonly record struct Item({{Any().Name}} {{inner}}, int Other14 = 3); }
                    }
                    """);
                _types.Add(new DataType(fullName, DataKind.Object));
                _types.Add(new DataType(fullName + ".Deep.Item", DataKind.ObjectValue, "default"));
                return;
            case 15 when !isNested:
                source.AppendLine($"{access} {odd.Pick("sealed ", "")}partial record {name}({Parameters(odd.Next(3), scope)}) {{ {Properties(odd.Next(3), scope)} }}{NextFile}partial record {name} {{ {Properties(1 + odd.Next(2), scope)} }}");
                _types.Add(new DataType(fullName, DataKind.Object));
                return;
            case 16:
                var (taken, kept) = (Any(), Any());
                var (one, two) = (odd.Member(scope), odd.Member(scope));
                var form = odd.Pick("sealed class", "class", "struct");
                source.AppendLine($$"""
                    {{access}} {{form}} {{name}}({{taken.Name}} {{one}}, {{kept.Name}} {{two}} = default!) {
                        public {{taken.Name}} {{one}} { get; {{odd.Pick("", "set; ", "init; ")}}} = {{one}};
                        public {{kept.Name}} {{two}} { get; {{odd.Pick("", "set; ", "init; ")}}} = {{two}};
                        {{Properties(odd.Next(2), scope)}}
                    }
                    """);
                _types.Add(form == "struct" ? new DataType(fullName, DataKind.ObjectValue, "default") : new DataType(fullName, DataKind.Object));
                return;
            case 6:
                source.AppendLine($"{access} class {name} {{ {Properties(odd.Next(5), scope)} {Extra(name)} }}");
                _types.Add(new DataType(fullName, DataKind.Object));
                _bases.Add(fullName);
                return;
            default:
                source.AppendLine($"{access} {odd.Pick("sealed ", "")}record {name}({Parameters(1 + odd.Next(3), scope)}) {{ {Properties(odd.Next(4), scope)} {Extra(name)} public {fullName}? Self{odd.Next(1000)} {{ get; set; }} }}");
                _types.Add(new DataType(fullName, DataKind.Object));
                return;
        }
    }

    private void Derived(StringBuilder source, string access, string name, HashSet<string> scope)
    {
        var (shared, own) = (Any(), Any());
        var (first, second, third) = (odd.Member(scope), odd.Member(scope), odd.Member(scope));
        source.AppendLine($$"""
            {{access}} interface {{name}}Form { {{own.Name}} {{third}} { get; } int Extra15 => 1; }
            {{access}} {{odd.Pick("abstract ", "")}}record {{name}}Base({{shared.Name}} {{first}}) { public {{odd.Pick("required ", "virtual ", "")}}{{Any().Name}} {{second}} { get; {{odd.Pick("set", "init")}}; } = default!; }
            {{access}} sealed record {{name}}({{shared.Name}} {{first}}, {{own.Name}} {{third}}{{odd.Pick("", " = default!")}}) : {{name}}Base({{first}}), {{name}}Form { {{Properties(odd.Next(2), scope)}} }
            """);
    }

    private void ClosesGenericBase(StringBuilder source, string access, string name, HashSet<string> scope)
    {
        var (first, second, third) = (odd.Member(scope), odd.Member(scope), odd.Member(scope));
        var closed = Element().Name;
        source.AppendLine($$"""
            {{access}} interface {{name}}Form<TKey> { TKey? {{first}} { get; } }
            {{access}} abstract class {{name}}Base<TKey> : {{name}}Form<TKey[]> {
                public virtual TKey? {{second}} { get; {{odd.Pick("set", "init")}}; }
                public {{odd.Pick("", "required ")}}{{Collections}}List<TKey>? {{third}} { get; {{odd.Pick("set", "init")}}; }
                TKey[]? {{name}}Form<TKey[]>.{{first}} => null;
                {{odd.Pick("public", "protected", "internal")}} TKey? Mine16 { get; set; }
            }
            {{access}} abstract class {{name}}Middle<TKey, TOther> : {{name}}Base<TKey> where TOther : notnull { public {{Collections}}Dictionary<string, TOther>? Other16 { get; {{odd.Pick("set", "init")}}; } }
            {{access}} sealed class {{name}} : {{odd.Pick($"{name}Base<{closed}>", $"{name}Middle<{closed}, {Element().Name}>", $"{name}Middle<{closed}[], string>")}} { {{Properties(odd.Next(3), scope)}} }
            """);
    }

    private void Enum(StringBuilder source, string access, string name, string fullName)
    {
        var (underlying, low, high) = odd.Pick(("byte", "0", "255"), ("sbyte", "-128", "127"), ("short", "-32768", "5"), ("int", "int.MinValue", "-1"), ("uint", "1", "uint.MaxValue"), ("long", "long.MinValue", "7"), ("ulong", "3", "ulong.MaxValue"));
        var scope = new HashSet<string>();
        var (first, second, third) = (odd.Identifier(scope), odd.Identifier(scope), odd.Identifier(scope));
        source.AppendLine(
            $"{odd.Pick("", "[global::System.Flags] ", "[global::System.Text.Json.Serialization.JsonConverter(typeof(global::System.Text.Json.Serialization.JsonStringEnumConverter))] ")}"
            + $"{access} enum {name} : {underlying} {{ {first} = {low}, {second} = {high}, {third} = {second} }}");
        _types.Add(new DataType(fullName, DataKind.Value, $"{fullName}.{first}", $"{fullName}.{third}", $"({fullName})1", "default", "0"));
    }

    /// <summary>A user's own members, which generated code must not take for something else.</summary>
    private string Extra(string name) => odd.Next(14) switch
    {
        0 => "public static int Codec => 1;",
        1 => "public int this[int index] => index;",
        2 => $"public static implicit operator string({name} value) => \"\";",
        3 => $"public static implicit operator {name}(int value) => default!;",
        4 => "public static void Read() { }",
        5 => "public sealed class System { } public sealed class Tasker { }",
        6 => "public event global::System.Action? Happened { add { } remove { } }",
        7 => "public int Computed12 => 1;",
        8 => "public int Hidden12 { get; private set; }",
        9 => "public static int Static12 { get; set; }",
        10 => "protected int Protected12 { get; set; }",
        11 => "[global::System.Text.Json.Serialization.JsonIgnore] public object? Ignored12 { get; set; }",
        12 => "public int Field12;",
        _ => "",
    };

    private string Parameters(int count, HashSet<string> scope)
    {
        var parameters = new List<string>();
        var optional = false;
        for (var i = 0; i < count; i++)
        {
            var type = Any();
            var name = odd.Member(scope);
            var attribute = odd.Next(16) switch
            {
                0 => $"[property: global::System.Text.Json.Serialization.JsonPropertyName({Literal(odd.Text() + i.ToString(CultureInfo.InvariantCulture))})] ",
                1 => "[property: global::System.Obsolete(\"x\")] ",
                2 => "[property: global::System.Diagnostics.CodeAnalysis.Experimental(\"EXP2\")] ",
                3 => $"[property: global::System.Text.Json.Serialization.JsonPropertyOrder({odd.Pick("-1", "2", "int.MaxValue")})] ",
                4 => $"[property: global::System.Text.Json.Serialization.JsonIgnore(Condition = {Condition(odd.Pick("Never", "WhenWritingDefault", "WhenWriting", "WhenReading"))})] ",
                5 => "[property: global::System.Text.Json.Serialization.JsonRequired] ",
                _ => "",
            };
            var constant = odd.Chance(30) || optional ? Constant(type) ?? (optional ? "default!" : null) : null;
            optional |= constant is not null;
            parameters.Add($"{attribute}{type.Name} {name}{(constant is null ? "" : " = " + constant)}");
        }

        return string.Join(", ", parameters);
    }

    private string Properties(int count, HashSet<string> scope)
    {
        var properties = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            var type = Any();
            var required = odd.Chance(20) ? "required " : "";
            var attribute = odd.Next(14) switch
            {
                0 => $"[global::System.Text.Json.Serialization.JsonPropertyName({Literal(odd.Text() + "p" + i.ToString(CultureInfo.InvariantCulture))})] ",
                1 => "[global::System.Obsolete] ",
                2 => "[global::System.Diagnostics.CodeAnalysis.Experimental(\"EXP3\")] ",
                3 when required.Length == 0 => "[global::System.Text.Json.Serialization.JsonIgnore] ",
                4 => "[global::System.Diagnostics.CodeAnalysis.AllowNull] ",
                5 => $"[global::System.Text.Json.Serialization.JsonPropertyOrder({odd.Pick("-1", "2", "int.MinValue")})] ",
                6 => $"[global::System.Text.Json.Serialization.JsonIgnore(Condition = {Condition(odd.Pick("Never", "WhenWritingDefault", "WhenWriting", required.Length == 0 ? "WhenReading" : "Never"))})] ",
                7 => "[global::System.Text.Json.Serialization.JsonRequired] ",
                _ => "",
            };
            properties.Append($"{attribute}public {required}{type.Name} {odd.Member(scope)} {{ get; {odd.Pick("set", "init")}; }} ");
        }

        return properties.ToString();
    }

    private static string Condition(string name) => "global::System.Text.Json.Serialization.JsonIgnoreCondition." + name;

    private DataType Element() => odd.Chance(50) && _types.Count > 0 ? odd.Pick<DataType>(_types) : odd.Pick(Scalars);

    private DataType Nullable(DataType type) => odd.Chance(25)
        ? type.Kind is DataKind.Value or DataKind.ObjectValue ? new DataType(type.Name + "?", DataKind.Value, [.. type.Constants, "null"]) : new DataType(type.Name + "?", DataKind.Reference, [.. type.Constants, "null"])
        : type;

    private DataType Collection(DataType element) => new(
        string.Format(
            CultureInfo.InvariantCulture,
            odd.Pick(
                "{0}[]", "{0}[][]", Collections + "List<{0}>", Collections + "IReadOnlyList<{0}>", Collections + "Dictionary<string, {0}>", Collections + "Dictionary<global::System.Guid, {0}>",
                Collections + "IReadOnlyDictionary<int, {0}>", Collections + "Dictionary<string, {0}[]>", "global::System.Collections.Immutable.ImmutableList<{0}>", Collections + "IEnumerable<{0}>"),
            element.Name),
        DataKind.Reference,
        "null!");

    public static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);
}
