using Tasker.Generators.Json;

namespace Tasker.Generators.Tests.Projects;

/// <summary>Names and texts that few people use and C#, YAML or JSON allow.</summary>
internal sealed class Odd(Random random)
{
    private static readonly string[] Identifiers =
    [
        "@class", "@event", "@record", "@var", "@await", "@async", "@field", "@file", "@scoped", "@required", "@nameof", "@dynamic", "@where", "@default", "@null", "@true", "@in",
        "value", "Value", "result", "Result", "outcome", "Outcome", "bind", "Bind", "members", "Members", "reader", "writer", "services", "builder", "failure", "some", "target", "context",
        "System", "Task", "Tasker", "Codec", "Codecs", "Read", "Write", "Create", "Set", "Setter0", "Global", "@global", "Microsoft", "Generated", "Handlers", "Shop", "Json", "Text",
        "Name", "Namespace", "Version", "Template", "Steps", "Inputs", "Instance", "Declared", "Handle", "Service", "StepBinder", "StepOutcome", "MethodAdapter", "HandlerKind", "JsonCodec",
        "JsonObjectReader", "JsonObjectWriter", "JsonObjectCodec", "JsonValues", "BatchContext", "JsonStructure", "TimeSpan", "String", "Int32", "Object", "Enum", "Attribute",
        "_x", "x_", "_", "__", "_1", "a_b", "A_B", "AB", "Ab", "aB", "x", "X", "ID", "Id", "iD", "Gr\u00f6\u00dfe", "\u540d\u524d", "\u0131", "I\u0307", "\u01c5", "a\u0301", "\u2160", "x\u200cy",
        "Obj", "List", "Dictionary", "Nullable", "Equals1", "HTTPStatus", "Item", "Item1", "T", "TValue", "op", "Op_Implicit", "add_x", "get_x", "set_Value",
    ];

    private static readonly string[] Namespaces =
    [
        "Shop", "Shop.Orders", "Shop.System", "Shop.Tasker", "Shop.Tasker.Json", "Acme.@class.@event", "Tasker.Acme", "Tasker.Handlers.Acme", "Tasker.Json.Generated.Acme", "Tasker.Generated.X",
        "Acme.Global", "\u540d\u524d.\u00e9", "_", "a_.b", "a._b", "Acme.Microsoft.Extensions", "Microsoft.Acme", "Codec", "Invoke.A", "Shop.Shop.Shop", "Tasker.Handlers.Generated.Acme", "System.Acme",
    ];

    private static readonly string[] Texts =
    [
        "a", "a b", "a.b", "a-b", "A_b", "\"q\"", "'q'", "\u00e4", "{0}", "{{x}}", "$", "a\\b", "line\nbreak", "\r", "\t", "\ud83d\ude00", "class", "*/ //", "</summary>", "<x y='1'>", "&amp;", "]]>", "--", "\u2028", "\u0085",
        "\u0001", "#if", "#endif", "///", "@x", "~", "null", "1", "1.0", "true", "Name", "Steps", "Version", "Template", "Inputs", "Equals", "to_string", "__", "-", "%s", "\u200b", "\u0131", "i\u0307", "A", "Template Template", "x:y", "\\u0041", "\uFEFF",
    ];

    private int _count;

    public bool Chance(int percent) => random.Next(100) < percent;

    public int Next(int count) => random.Next(count);

    public T Pick<T>(params IReadOnlyList<T> items) => items[random.Next(items.Count)];

    /// <summary>The names that namespaces have in a namespace.</summary>
    public static IEnumerable<string> NamespacesIn(string space) => Namespaces
        .Select(name => name.Replace("@", "", StringComparison.Ordinal))
        .Where(name => space.Length == 0 || name.StartsWith(space.Replace("@", "", StringComparison.Ordinal) + ".", StringComparison.Ordinal))
        .Select(name => name[(space.Length == 0 ? 0 : space.Replace("@", "", StringComparison.Ordinal).Length + 1)..].Split('.')[0]);

    public string Namespace() => Pick(Namespaces);

    public string Text() => Pick(Texts);

    public string Identifier() => Pick(Identifiers);

    /// <summary>A name that is new in a scope; names that differ only by case are two.</summary>
    public string Identifier(HashSet<string> scope)
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            var name = Identifier();
            if (scope.Add(name.TrimStart('@').Normalize()))
                return name;
        }

        var spare = "n" + _count++;
        scope.Add(spare);
        return spare;
    }

    /// <summary>A name whose JSON form is new in a scope.</summary>
    public string Member(HashSet<string> scope)
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            var name = Identifier();
            var plain = name.TrimStart('@');
            if (scope.Contains(plain.ToUpperInvariant()) || !scope.Add(SnakeCase.Convert(plain)))
                continue;
            scope.Add(plain.ToUpperInvariant());
            return name;
        }

        return "Spare" + _count++;
    }

    /// <summary>A text that is new in a scope.</summary>
    public string Text(HashSet<string> scope)
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            var text = Text();
            if (scope.Add(text))
                return text;
        }

        var spare = "t" + _count++;
        scope.Add(spare);
        return spare;
    }
}
