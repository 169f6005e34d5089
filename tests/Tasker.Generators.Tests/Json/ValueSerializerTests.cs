using System.Text;

namespace Tasker.Generators.Tests.Json;

/// <summary>Values at the edges: numbers, text, depth, size, collections, enums.</summary>
public sealed class ValueSerializerTests
{
    [Fact]
    public void Numbers_at_their_edges()
    {
        using var codecs = CompiledCodecs.Create("public sealed record T(double? D, float? F, decimal? M, Half? H, long? L, ulong? U, byte? B);", "T");
        foreach (var number in (string[])
            [
                "0", "-0", "0.0", "-0.0", "1", "1.0", "1.10", "1e0", "1E+2", "1e-2", "255", "256", "-1", "9223372036854775807", "9223372036854775808", "18446744073709551615",
                "18446744073709551616", "79228162514264337593543950335", "79228162514264337593543950336", "0.1", "0.30000000000000004", "5e-324", "2e-324",
                "1.7976931348623157e308", "1.8e308", "3.4028235e38", "3.5e38", "65504", "65520", "1e999", "-1e999", "01", "+1", "1.", ".5", "1e", "\"1\"", "NaN",
                "0.0000000000000000000000000001", "0.00000000000000000000000000001",
            ])
        {
            foreach (var member in "dfmhlub")
                Differential.AssertReads(codecs["T"], $$"""{"{{member}}":{{number}}}""");
        }
    }

    [Fact]
    public void Numbers_that_JSON_does_not_have_are_not_written()
    {
        using var codecs = CompiledCodecs.Create("public sealed record T(double D, float F);", "T");
        var codec = codecs["T"];
        foreach (var json in (string[])["""{"d":1e999,"f":0}""", """{"d":0,"f":-1e999}"""])
            Assert.Throws<ArgumentException>(() => codec.Write(codec.Read(Encoding.UTF8.GetBytes(json))));
        Differential.AssertWrites(codec, Activator.CreateInstance(codec.Type, double.NaN, 0f));
    }

    [Theory]
    [InlineData("\ud83d\ude00")]
    [InlineData("\ud83d")]
    [InlineData("a\ude00b")]
    [InlineData("<script>&'\"+`\\/\u2028\u0000\u007f\u0085\ufffe\ufeff")]
    [InlineData("\r\n\t\b\f")]
    public void Text_is_escaped_as_System_Text_Json_does(string text)
    {
        using var codecs = CompiledCodecs.Create("public sealed record T(string S, char C, List<string> L, Dictionary<string, string> D);", "T");
        var codec = codecs["T"];

        Differential.AssertWrites(codec, Activator.CreateInstance(codec.Type, text, text[0], new List<string> { text }, new Dictionary<string, string> { [text] = text }));
    }

    [Theory]
    [InlineData("\\ud83d\\ude00")]
    [InlineData("\\ud83d")]
    [InlineData("\\ude00\\ud83d")]
    [InlineData("\\u0000\\/\\b")]
    [InlineData("\\x")]
    [InlineData("\\u12")]
    [InlineData("a\nb")]
    public void Escaped_text_is_read_as_System_Text_Json_does(string text)
    {
        using var codecs = CompiledCodecs.Create("public sealed record T(string? S, Dictionary<string, int>? D, char? C, Guid? G, Uri? U, DateTime? T1, byte[]? B);", "T");
        foreach (var json in (string[])["{\"s\":\"#\"}", "{\"d\":{\"#\":1}}", "{\"#\":1}", "{\"c\":\"#\"}", "{\"g\":\"#\"}", "{\"u\":\"#\"}", "{\"t1\":\"#\"}", "{\"b\":\"#\"}"])
            Differential.AssertReads(codecs["T"], json.Replace("#", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_rejected()
    {
        using var codecs = CompiledCodecs.Create("public sealed record T(string? S);", "T");
        foreach (var bytes in (byte[][])[[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]])
            Differential.AssertReads(codecs["T"], [.. "{\"s\":\""u8, .. bytes, .. "\"}"u8]);
    }

    /// <summary>System.Text.Json reads over a member with such a name, but not with escapes of half a surrogate pair.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("\\u0041")]
    [InlineData("\\n")]
    [InlineData("\\ud83d\\ude00")]
    [InlineData("\\ud83d")]
    [InlineData("\\ude00")]
    public void A_member_s_name_that_is_not_UTF8_is_no_member(string escape)
    {
        using var codecs = CompiledCodecs.Create(
            "public sealed class T { public int S { get; set; } [JsonPropertyName(\"A?\")] public int Other { get; set; } } public static class Roots { public static Dictionary<string, int> Map => []; public static Dictionary<int, int> Numbers => []; }",
            "T", "Map", "Numbers");
        foreach (var bytes in (byte[][])[[], [0xff], [0xc3], [0xed, 0xa0, 0x80], [(byte)'?']])
        {
            var name = Encoding.UTF8.GetBytes(escape);
            foreach (var root in codecs.ClassNames.Keys)
            {
                Differential.AssertReads(codecs[root], [.. "{\"s\":1,\""u8, .. name, .. bytes, .. "\":2}"u8]);
                Differential.AssertReads(codecs[root], [.. "{\""u8, .. bytes, .. name, .. "\":2,\"s\":1}"u8]);
            }
        }
    }

    /// <summary>What System.Text.Json counts as a level of its own at the very last one it allows.</summary>
    [Theory]
    [InlineData("string?", "null")]
    [InlineData("string?", "\"x\"")]
    [InlineData("int?", "null")]
    [InlineData("int?", "1")]
    [InlineData("int", "1")]
    [InlineData("JsonElement", "null")]
    [InlineData("JsonElement", "1")]
    [InlineData("JsonElement?", "null")]
    [InlineData("JsonElement?", "1")]
    [InlineData("Chain?", "null")]
    [InlineData("Point?", "null")]
    [InlineData("Point", "{}")]
    [InlineData("int[]?", "null")]
    [InlineData("Version?", "\"1.2\"")]
    public void The_innermost_level(string type, string value)
    {
        using var codecs = CompiledCodecs.Create(
            $$"""
            public struct Point { public int? X { get; set; } }
            public sealed class Chain { public {{type}} Value { get; set; } = default!; public Chain? Next { get; set; } }
            public sealed class ListChain { public List<{{type}}>? Values { get; set; } public ListChain? Next { get; set; } }
            public sealed class MapChain { public Dictionary<string, {{type}}>? Values { get; set; } public MapChain? Next { get; set; } }
            public sealed class Hidden { [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public {{type}} Value { get; set; } = default!; public Hidden? Next { get; set; } }
            """,
            "Chain", "ListChain", "MapChain", "Hidden");
        foreach (var (root, json) in ((string, string)[])
            [("Chain", $"\"value\":{value}"), ("Hidden", $"\"value\":{value}"), ("ListChain", $"\"values\":[{value}]"), ("MapChain", $"\"values\":{{\"a\":{value}}}"), ("ListChain", "\"values\":[]"), ("MapChain", "\"values\":{}")])
        {
            var codec = codecs[root];
            for (var depth = 62; depth <= 65; depth++)
            {
                object? chain = codec.Read(Encoding.UTF8.GetBytes($"{{{json}}}"));
                for (var i = 1; i < depth; i++)
                {
                    var outer = Activator.CreateInstance(codec.Type)!;
                    codec.Type.GetProperty("Next")!.SetValue(outer, chain);
                    chain = outer;
                }

                Differential.AssertWrites(codec, chain);
            }
        }
    }

    [Fact]
    public void Very_long_text()
    {
        using var codecs = CompiledCodecs.Create("public sealed record T(string S, byte[] B);", "T");
        var text = string.Concat(Enumerable.Repeat("0123456789\u00e9\ud83d\ude00\"x", 70_000));
        var codec = codecs["T"];
        var value = Activator.CreateInstance(codec.Type, text, new byte[1 << 20]);

        Differential.AssertWrites(codec, value);
        Differential.AssertReads(codec, codec.WriteReference(value));
    }

    [Theory]
    [InlineData(62)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(66)]
    public void Depth_is_limited_where_System_Text_Json_limits_it(int depth)
    {
        using var codecs = CompiledCodecs.Create(
            """
            public sealed class Chain { public Chain? Next { get; set; } }
            public sealed class Counted { public int Number { get; set; } public Counted? Next { get; set; } }
            public sealed class Tree { public List<Tree>? Children { get; set; } }
            public sealed class Map { public Dictionary<string, Map>? Entries { get; set; } }
            """,
            "Chain", "Counted", "Tree", "Map");

        AssertDepth(codecs["Chain"], Nested("{\"next\":", "null", "}", depth), depth);
        AssertDepth(codecs["Counted"], Nested("{\"number\":1,\"next\":", "null", "}", depth), depth);
        AssertDepth(codecs["Tree"], Nested("{\"children\":[", "", "]}", depth / 2), depth / 2);
        AssertDepth(codecs["Map"], Nested("{\"entries\":{\"a\":", "null", "}}", depth / 2), depth / 2);
    }

    [Fact]
    public void A_value_that_contains_itself_is_an_error_and_no_stack_overflow()
    {
        using var codecs = CompiledCodecs.Create("public sealed class Chain { public Chain? Next { get; set; } }", "Chain");
        var codec = codecs["Chain"];
        var value = codec.Read("{}"u8)!;
        codec.Type.GetProperty("Next")!.SetValue(value, value);

        var exception = Assert.Throws<System.Text.Json.JsonException>(() => codec.Write(value));
        Assert.Contains("refers to itself", exception.Message, StringComparison.Ordinal);
        Differential.AssertWrites(codec, value);
    }

    [Theory]
    [InlineData("int[]")]
    [InlineData("List<string?>")]
    [InlineData("IEnumerable<int?>")]
    [InlineData("IReadOnlyList<decimal>")]
    [InlineData("IList<bool>")]
    [InlineData("ICollection<long>")]
    [InlineData("IReadOnlyCollection<byte>")]
    [InlineData("List<byte>")]
    [InlineData("HashSet<int>")]
    [InlineData("ISet<int>")]
    [InlineData("ImmutableArray<int>")]
    [InlineData("ImmutableArray<int>?")]
    [InlineData("ImmutableList<int>")]
    [InlineData("IImmutableList<int>")]
    [InlineData("ImmutableHashSet<int>")]
    [InlineData("IImmutableSet<int>")]
    [InlineData("int[][]")]
    [InlineData("Dictionary<string, int>")]
    [InlineData("IDictionary<string, int?>")]
    [InlineData("IReadOnlyDictionary<string, string?>")]
    [InlineData("SortedDictionary<string, int>")]
    [InlineData("ImmutableDictionary<string, int>")]
    [InlineData("IImmutableDictionary<string, int>")]
    [InlineData("Dictionary<int, int>")]
    [InlineData("Dictionary<long, int>")]
    [InlineData("Dictionary<Guid, int>")]
    [InlineData("byte[]")]
    [InlineData("ReadOnlyMemory<byte>")]
    [InlineData("JsonElement")]
    [InlineData("JsonElement?")]
    public void Collections(string type)
    {
        using var codecs = CompiledCodecs.Create($"public sealed class T {{ public {type} Value {{ get; set; }} = default!; }}", "T");
        foreach (var json in (string[])
            [
                "[]", "[1]", "[1,2,2]", "[null]", "[[1],[]]", "[true]", "[\"a\",null]", "[300]", "{}", "{\"a\":1}", "{\"a\":1,\"a\":2}", "{\"\":null}", "{\"7\":1,\"-7\":2}", "{\"+7\":1}",
                "{\" 7\":1}", "{\"99999999999\":1}", "{\"3f2504e0-4f89-11d3-9a0c-0305e82c3301\":1}", "{\"a\":\"x\"}", "null", "1", "\"AQID\"", "\"\"", "\"A\"", "[1,]", "[1", "{\"a\":1,}",
            ])
            Differential.AssertReads(codecs["T"], $$"""{"value":{{json}}}""");
    }

    /// <summary>System.Text.Json writes this interface, but cannot read it.</summary>
    [Fact]
    public void Read_only_sets_are_read_too()
    {
        using var codecs = CompiledCodecs.Create("public sealed class T { public IReadOnlySet<int>? Value { get; set; } }", "T");

        Assert.Equal("""{"value":[1,2]}""", codecs.RoundTrip("T", """{"value":[1,2,1]}"""));
        Differential.AssertWrites(codecs["T"], codecs["T"].Read("""{"value":[1,2,1]}"""u8));
    }

    [Fact]
    public void Collections_can_be_roots()
    {
        using var codecs = CompiledCodecs.Create(
            "public record T(int A); public static class Roots { public static List<T> List => []; public static T[] Array => []; public static Dictionary<string, T> Map => []; }",
            "List", "Array", "Map");
        foreach (var root in codecs.ClassNames.Keys)
        {
            foreach (var json in (string[])["[{\"a\":1},null]", "{\"x\":{\"a\":2},\"y\":null}", "null", "[1]", "{}", "[]"])
                Differential.AssertReads(codecs[root], json);
        }
    }

    [Fact]
    public void An_immutable_array_that_was_never_set_says_so()
    {
        using var codecs = CompiledCodecs.Create("public sealed class T { public ImmutableArray<int> Value { get; set; } }", "T");
        var codec = codecs["T"];

        var exception = Assert.Throws<InvalidOperationException>(() => codec.Write(codec.Read("{}"u8)));
        Assert.Contains("ImmutableArray<int> was never set", exception.Message, StringComparison.Ordinal);
        Differential.AssertReads(codec, "{}");
    }

    [Fact]
    public void Enums_as_keys()
    {
        using var codecs = CompiledCodecs.Create(
            """
            public enum Plain : sbyte { A, B = -5, [JsonStringEnumMemberName("the c")] C = 3 }
            public enum Huge : ulong { A, B = ulong.MaxValue }
            [JsonConverter(typeof(JsonStringEnumConverter))] public enum Text { Red, Green, GREEN = 7, [JsonStringEnumMemberName("dark red")] DarkRed }
            [Flags] public enum Bits : ulong { None, A = 1, B = 2, AB = 3, High = 1ul << 63 }
            public sealed record T(
                Dictionary<Plain, int>? P, IDictionary<Huge, int>? H, IReadOnlyDictionary<Text, int>? T1, SortedDictionary<Bits, int>? B, ImmutableDictionary<Plain, Plain>? I);
            """,
            "T");
        foreach (var key in (string[])
            [
                "A", "a", "B", "C", "the c", "The c", "Red", "red", "GREEN", "green", "dark red", "Dark Red", "DarkRed", "A, B", "a,b", "AB,High", " A ", "A,", ",A", "", "None", "0", "1", "3", "-1", "-5", "+3", "200",
                "999", "9223372036854775811", "18446744073709551615", "18446744073709551614", "1.0", "\u0041", "\ud800", "x",
            ])
        {
            foreach (var member in (string[])["p", "h", "t1", "b", "i"])
            {
                Differential.AssertReads(codecs["T"], $$$"""{"{{{member}}}":{"{{{key}}}":1}}""");
                Differential.AssertReads(codecs["T"], $$$"""{"{{{member}}}":{"{{{key}}}":1,"0":0,"{{{key}}}":2}}""");
            }
        }
    }

    [Fact]
    public void Enums()
    {
        using var codecs = CompiledCodecs.Create(
            """
            public enum Plain : sbyte { A, B = -5 }
            [JsonConverter(typeof(JsonStringEnumConverter))] public enum Text { Red, Green, GREEN = 7, [JsonStringEnumMemberName("dark red")] DarkRed }
            [Flags, JsonConverter(typeof(JsonStringEnumConverter<Bits>))] public enum Bits : ulong { None, A = 1, B = 2, AB = 3, High = 1ul << 63 }
            public sealed record T(Plain? P, Text? T1, Bits? B, [property: JsonConverter(typeof(JsonStringEnumConverter))] Plain? Q, [property: JsonConverter(typeof(JsonNumberEnumConverter<Text>))] Text? N);
            """,
            "T");
        foreach (var value in (string[])
            [
                "0", "1", "-5", "7", "200", "3", "4", "9223372036854775808", "9223372036854775811", "1.0", "\"A\"", "\"a\"", "\"B\"", "\"Red\"", "\"red\"", "\"GREEN\"", "\"green\"", "\"dark red\"", "\"Dark Red\"",
                "\"DarkRed\"", "\"A, B\"", "\"a,b\"", "\"AB,High\"", "\" A \"", "\"A,\"", "\",A\"", "\"\"", "\"None\"", "\"1\"", "\"-1\"", "\"+3\"", "\"999\"", "\"-5\"", "\"1.0\"", "\"\\u0041\"", "\"\\ud800\"", "null", "true", "[]",
            ])
        {
            foreach (var member in (string[])["p", "t1", "b", "q", "n"])
                Differential.AssertReads(codecs["T"], $$"""{"{{member}}":{{value}}}""");
        }
    }

    private static void AssertDepth(Codec codec, string json, int count)
    {
        Differential.AssertReads(codec, json);

        // What is too deep to be read is made by hand, to see that it is not written either.
        var member = codec.Type.GetProperties()[^1];
        var value = codec.Read("{}"u8)!;
        for (var i = 1; i < count; i++)
        {
            var outer = codec.Read("{}"u8)!;
            var inner = member.PropertyType == codec.Type ? value : Activator.CreateInstance(member.PropertyType)!;
            if (inner is System.Collections.IDictionary map)
                map.Add("a", value);
            else if (inner is System.Collections.IList list)
                list.Add(value);
            member.SetValue(outer, inner);
            value = outer;
        }

        Differential.AssertWrites(codec, value);
    }

    private static string Nested(string open, string innermost, string close, int depth) =>
        string.Concat(Enumerable.Repeat(open, depth)) + innermost + string.Concat(Enumerable.Repeat(close, depth));
}
