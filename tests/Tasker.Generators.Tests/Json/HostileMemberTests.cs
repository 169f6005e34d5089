namespace Tasker.Generators.Tests.Json;

/// <summary>Members whose names look like parts of a declaration, and objects of many or strange members.</summary>
public sealed class HostileMemberTests
{
    private const string Names = """
        public class T
        {
            [JsonPropertyName("")] public int Empty { get; set; }
            [JsonPropertyName(" ")] public int Space { get; set; }
            [JsonPropertyName("a b Int32+")] public string? Like { get; set; }
            [JsonPropertyName("a-")] public int Minus { get; set; }
            [JsonPropertyName("a!")] public decimal? Bang { get; set; }
            [JsonPropertyName("a+")] public int Plus { get; set; }
            [JsonPropertyName("x Value-")] public Guid? Value { get; set; }
            [JsonPropertyName("q\"\\\n\0\u2028<é😀")] public int Escaped { get; set; }
            [JsonPropertyName("amount")] public int Lower { get; set; }
            [JsonPropertyName("Amount")] public int Upper { get; set; }
            [JsonPropertyName("only ")] public int OnlyRead { set { Lower = value; } }
            [JsonPropertyName("get -")] public int OnlyWritten => 3;
        }
        """;

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"":1," ":2,"a b Int32+":"t","a-":3,"a!":4.50,"a+":5,"x Value-":null,"amount":6,"Amount":7,"get -":"unread"}""")]
    [InlineData("""{"Amount":7,"amount":6,"a+":5,"a!":null,"a-":3," ":2,"":1}""")]
    [InlineData("""{"\u0041mount":7,"\u0061mount":8,"a\u002d":1,"a\u0021":2,"\u0020":9,"q\"\\\n\u0000\u2028\u003cé\ud83d\ude00":11}""")]
    [InlineData("""{"":1,"":2,"a!":1,"a!":null,"a b Int32+":"t","a b Int32+":null,"only ":4,"only ":5}""")]
    [InlineData("""{"a!":"x"}""")]
    [InlineData("""{"a b Int32+":1}""")]
    [InlineData("""{"":null}""")]
    [InlineData("""{"only ":"x"}""")]
    public void Names_that_look_like_declarations(string json)
    {
        using var codecs = CompiledCodecs.Create(Names, "T");

        Differential.AssertReads(codecs["T"], json);
    }

    [Theory]
    [InlineData("public readonly record struct Big(decimal A, decimal B, string? C); public record T(Big Amount, Big? Name, Big? Price = null);")]
    [InlineData("public struct Wide { public long A { get; set; } public long B { get; set; } public long C { get; set; } public long D { get; set; } } public class T { public Wide Amount { get; set; } public Wide? Name { get; set; } = new Wide { A = 4 }; public Wide[]? Price { get; init; } }")]
    [InlineData("public record struct Three(long A, long B, long C); public record T(Three Amount, Three? Name);")]
    [InlineData("public record T(T? Amount, IReadOnlyList<T?>? Name, Dictionary<string, T>? Price);")]
    [InlineData("public class Node<V> { public V? A { get; init; } public Node<V>? Next { get; init; } } public record T(Node<Node<int?>>? Amount, Node<string>? Name);")]
    [InlineData("public enum E { One, Two } public record T(E Amount, E? Name, System.DateTimeOffset? Price);")]
    [InlineData("public record T(char Amount, TimeSpan? Name, DateOnly? Price);")]
    public void Values_of_every_size(string source)
    {
        using var codecs = CompiledCodecs.Create(source, "T");
        foreach (var json in (string[])
            [
                "{}",
                """{"amount":null,"name":null,"price":null}""",
                """{"amount":{},"name":{},"price":[]}""",
                """{"amount":{"a":1,"b":2,"c":3,"d":4},"name":{"a":5,"b":6,"c":7},"price":[{"a":1},{"d":2}]}""",
                """{"amount":{"a":1,"b":2,"c":"x"},"name":{"a":5,"b":6,"c":"y"},"price":{"a":1,"b":0,"c":null}}""",
                """{"name":{"a":5,"b":6,"c":7},"name":null,"amount":{"a":1,"b":2,"c":3},"amount":{"c":9}}""",
                """{"amount":{"amount":{"amount":null,"name":[null,{}]}},"name":[{"name":[]},null],"price":{"k":{"price":{}},"k":null}}""",
                """{"amount":{"a":{"a":1,"next":{"a":2}},"next":{"a":null}},"name":{"a":"s","next":{"a":null,"next":null}}}""",
                """{"amount":"One","name":"Two","price":"2024-01-02T03:04:05Z"}""",
                """{"amount":1,"name":null,"price":null}""",
                """{"amount":"x","name":"01:02:03","price":"2024-01-02"}""",
            ])
            Differential.AssertReads(codecs["T"], json);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(70)]
    public void Many_members_of_all_kinds(int count)
    {
        string[] types = ["int", "string?", "decimal?", "Guid", "bool", "T?", "DateTime", "double", "byte", "sbyte", "short", "ushort", "uint", "long", "ulong", "float", "DateTimeOffset"];
        string[] values = ["1", "\"s\"", "1.5", "\"6f9619ff-8b86-d011-b42d-00c04fc964ff\"", "true", "{}", "\"2024-01-02T03:04:05\"", "2.5", "255", "-128", "-5", "65535", "7", "-8", "9", "0.5", "\"2024-01-02T03:04:05+01:00\""];
        var members = Enumerable.Range(0, count).Select(i => $"{types[i % types.Length]} M{i}");
        using var codecs = CompiledCodecs.Create($"public sealed record T({string.Join(", ", members)});", "T");
        var pairs = Enumerable.Range(0, count).Select(i => $"\"m{i}\":{values[i % values.Length]}").ToList();

        Differential.AssertReads(codecs["T"], $"{{{string.Join(',', pairs)}}}");
        Differential.AssertReads(codecs["T"], $"{{{string.Join(',', pairs.AsEnumerable().Reverse())}}}");
        Differential.AssertReads(codecs["T"], $"{{{string.Join(',', pairs.Where((_, i) => i % 3 == 0))}}}");
        Differential.AssertReads(codecs["T"], $"{{\"m5\":{{{string.Join(',', pairs)}}},{string.Join(',', pairs.Take(5))}}}");
        foreach (var i in (int[])[0, 4, 15, count - 1])
            Differential.AssertReads(codecs["T"], $"{{\"m{i}\":[]}}");
    }
}
