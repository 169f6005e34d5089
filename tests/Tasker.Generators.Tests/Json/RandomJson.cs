using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tasker.Generators.Tests.Json;

/// <summary>Writes random JSON for a type, as System.Text.Json describes it: mostly right, sometimes wrong.</summary>
internal sealed class RandomJson(Random random, JsonSerializerOptions options)
{
    private static readonly string[] Strings =
    [
        "", "a", "Gr\u00f6\u00dfe", "\\u0041\\u00e9", "\\ud83d\\ude00", "\ud83d\ude00", "\\\"\\\\\\/\\b\\f\\n\\r\\t", "<&>'+", "\\u0000", "\u2028", "x y",
        "\\ud800", "\\udc00x", "null", "1", "\u00a0", "\\u003c",
    ];

    private static readonly string[] Anything =
        ["null", "true", "false", "0", "-0", "1", "1.0", "1e2", "1.5", "99999999999999999999999999999999999999999", "\"\"", "\"1\"", "\"a\"", "{}", "[]", "[null]", "{\"a\":1}", "-1", "1e999", "/**/1", "nul"];

    public string For(Type type)
    {
        var json = new StringBuilder();
        Value(json, type, 0);
        return json.ToString();
    }

    /// <summary>Damages a JSON text: cuts it, or changes, removes or doubles a byte.</summary>
    public byte[] Damage(byte[] json)
    {
        var at = random.Next(json.Length);
        return random.Next(5) switch
        {
            0 => json[..at],
            1 => [.. json[..at], "{}[],:\"\\x1-.e nt\u007f"u8[random.Next(17)], .. json[(at + 1)..]],
            2 => [.. json[..at], .. json[(at + 1)..]],
            3 => [.. json[..at], json[at], .. json[at..]],
            _ => [.. json[..at], 0xff, .. json[(at + 1)..]],
        };
    }

    private bool Chance(int percent) => random.Next(100) < percent;

    private T Pick<T>(params T[] items) => items[random.Next(items.Length)];

    private void Value(StringBuilder json, Type type, int depth)
    {
        if (Chance(10))
            json.Append(Pick(" ", "\n\t", "  "));
        if (Chance(1))
        {
            json.Append(Pick(Anything));
            return;
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            if (Chance(25))
                json.Append("null");
            else
                Value(json, underlying, depth);
            return;
        }

        var info = options.GetTypeInfo(type);
        if (info.Kind is not JsonTypeInfoKind.None && !type.IsValueType && (depth > 4 || Chance(5)))
            json.Append("null");
        else if (info.Kind is JsonTypeInfoKind.Object)
            Object(json, info, depth);
        else if (info.Kind is JsonTypeInfoKind.Enumerable)
            Sequence(json, '[', ']', depth, () => Value(json, info.ElementType!, depth + 1));
        else if (info.Kind is JsonTypeInfoKind.Dictionary)
            Sequence(json, '{', '}', depth, () => Entry(json, info, depth));
        else
            json.Append(Scalar(type));
    }

    private void Object(StringBuilder json, JsonTypeInfo info, int depth)
    {
        var members = info.Properties.Where(_ => !Chance(6)).ToList();
        if (Chance(30))
            members = [.. members.OrderBy(_ => random.Next())];
        if (members.Count > 0 && Chance(8))
            members.Add(Pick([.. members]));
        var first = true;
        json.Append('{');
        foreach (var member in members)
        {
            if (Chance(4))
                Member("unknown", () => json.Append(Pick(Anything[..18])));
            Member(member.Name, () => Value(json, member.PropertyType, depth + 1));
        }

        json.Append('}');

        void Member(string name, Action value)
        {
            if (!first)
                json.Append(',');
            first = false;
            json.Append('"').Append(Name(name)).Append("\":");
            value();
        }
    }

    private string Name(string name)
    {
        if (Chance(1))
            return name + Pick("\\ud800", "x", "\u00ff");
        var escaped = JsonEncodedText.Encode(name).ToString();
        return Chance(5) && escaped == name ? $"\\u{(int)name[0]:x4}{name[1..]}" : escaped;
    }

    private void Sequence(StringBuilder json, char open, char close, int depth, Action element)
    {
        json.Append(open);
        var count = depth > 3 ? 0 : random.Next(4);
        for (var i = 0; i < count; i++)
        {
            if (i > 0)
                json.Append(',');
            element();
        }

        if (Chance(1))
            json.Append(',');
        json.Append(close);
    }

    private void Entry(StringBuilder json, JsonTypeInfo info, int depth)
    {
        var key = Scalar(info.KeyType!);
        json.Append(key[0] == '"' ? key : $"\"{key}\"").Append(':');
        Value(json, info.ElementType!, depth + 1);
    }

    private string Scalar(Type type)
    {
        if (type.IsEnum)
            return Chance(50) ? Integer() : Quote(Pick("Red", "green", "BLUE", "Red, Green", "Red,blue", "red", "rEd", "none", "", "7", "-1", "x", " Red ", "dark red", "Dark red,Red", "+1", "300"));
        if (type == typeof(string))
            return Chance(10) ? "null" : Quote(string.Concat(Pick(Strings[..11]), Pick(Strings[..11])) + (Chance(3) ? Pick(Strings) : ""));
        if (type == typeof(bool))
            return Pick("true", "false");
        if (type == typeof(char))
            return Quote(Pick("a", "\u00e9", "\\u0041", "\\n", "\\ud800", "ab", "", "\u20ac", "\ud83d\ude00"));
        if (type == typeof(double) || type == typeof(float) || type == typeof(Half))
            return Chance(3) ? "1e400" : FloatingPoint();
        if (type == typeof(decimal))
            return Pick("1.10", "0.00", "-0", "1e2", "79228162514264337593543950335", "0.0000000000000000000000000001", "1e-30", "12345.67890") + (Chance(2) ? "0" : "");
        if (type == typeof(DateTime) || type == typeof(DateTimeOffset))
            return Quote(Pick("2026-01-31T12:30:00Z", "2026-01-31T12:30:00.1234567+05:30", "2026-01-31", "2026-01-31T12:30", "0001-01-01T00:00:00", "2026-02-30", "2026-1-1", "9999-12-31T23:59:59.9999999Z"));
        if (type == typeof(DateOnly))
            return Quote(Pick("2026-01-31", "0001-01-01", "9999-12-31", "2026-02-30", "2026-1-1", "2026\\u002d01-31"));
        if (type == typeof(TimeOnly))
            return Quote(Pick("12:30:00", "23:59:59.9999999", "00:00:00", "24:00:00", "12:30", "1.00:00:00"));
        if (type == typeof(TimeSpan))
            return Quote(Pick("1.12:30:00", "00:00:00.0000001", "-10675199.02:48:05.4775808", "12:30", "x", " 00:00:01"));
        if (type == typeof(Guid))
            return Quote(Pick("3f2504e0-4f89-11d3-9a0c-0305e82c3301", "3F2504E0-4F89-11D3-9A0C-0305E82C3301", "3f2504e04f8911d39a0c0305e82c3301", "\\u0033f2504e0-4f89-11d3-9a0c-0305e82c3301"));
        if (type == typeof(Uri))
            return Quote(Pick("https://example.com/a?b=c", "relative/x", "", "http://[", "\\u00e9"));
        if (type == typeof(Version))
            return Quote(Pick("1.2", "1.2.3.4", "1", " 1.2", "1.2.3.4.5", "1.2.-1"));
        if (type == typeof(byte[]) || type == typeof(ReadOnlyMemory<byte>))
            return Quote(Pick("", "AQID", "AQ==", "AQ", "\\u0041QID", "!!"));
        if (type == typeof(JsonElement))
            return Pick(Anything[..18]);
        return Integer();
    }

    private string Integer() =>
        Pick("0", "1", "7", "-1", "127", "128", "255", "256", "-32768", "65535", "2147483647", "-2147483648", "4294967295", "9223372036854775807", "-9223372036854775808", "18446744073709551615", "1.0", "1e1")
        is var text && (text.Length < 4 || Chance(30)) ? text : random.Next(0, 100).ToString(CultureInfo.InvariantCulture);

    private string FloatingPoint()
    {
        var value = Pick(
            0d, -0d, 1, 0.1, double.Epsilon, double.MaxValue, double.MinValue, float.MaxValue, float.Epsilon, Math.PI, 1e16, 123456789.125,
            BitConverter.Int64BitsToDouble(random.NextInt64()));
        return double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : "0.5";
    }

    private static string Quote(string text) => $"\"{text}\"";
}
