namespace Tasker.Generators.Tests.Json;

/// <summary>Which members an object has, how it is created, and what happens to what is missing, double or unknown.</summary>
public sealed class ObjectSerializerTests
{
    [Theory]
    [InlineData("public sealed record T(int Amount, string? Name = \"none\", decimal Price = 1.10m);")]
    [InlineData("public sealed record T { public required int Amount { get; init; } public string Name { get; init; } = \"none\"; public decimal Price { get; set; } = 1.10m; }")]
    [InlineData("public class T { public int Amount { get; set; } = 7; public string? Name { get; set; } public decimal Price { get; } = 3; }")]
    [InlineData("public struct T { public T() { } public int Amount { get; init; } = 7; public string? Name { get; set; } }")]
    [InlineData("public struct T { public required int Amount { get; init; } public string? Name { get; set; } }")]
    [InlineData("public readonly record struct T(int Amount, string? Name);")]
    [InlineData("public readonly record struct T { [JsonConstructor] public T(int amount, string? name = \"none\") { Amount = amount; Name = name; } public int Amount { get; } public string? Name { get; } }")]
    [InlineData("public class T(int amount, string? name) { public int Amount => amount; public string? Name => name; public decimal Price { get; init; } = 2; }")]
    [InlineData("public class T { internal T(string name) { Name = name; } public T() { Name = \"none\"; } [JsonRequired] public int Amount { get; set; } public string Name { get; init; } }")]
    [InlineData("public class T { [JsonConstructor] internal T(string name) { Name = name; } public int Amount { get; set; } public string Name { get; } }")]
    [InlineData("public class T { [System.Diagnostics.CodeAnalysis.SetsRequiredMembers] public T() { Name = \"none\"; } public required int Amount { get; set; } public required string Name { get; init; } }")]
    [InlineData("public class A { public int Amount { get; init; } = 4; public virtual string? Name { get; set; } } public class T : A { public decimal Price { get; set; } public override string? Name { get; set; } }")]
    [InlineData("public abstract record A(int Amount); public record T(int Amount, string? Name) : A(Amount);")]
    [InlineData("public class A<V> { public V? Amount { get; init; } public V? Price { get; set; } } public class T : A<int> { public string? Name { get; init; } = \"none\"; }")]
    [InlineData("public class A { public int Amount { get; set; } public string? Name { get; set; } } public class T : A { public new string Amount => \"hidden\"; [JsonPropertyName(\"price\")] public new decimal Name { get; set; } }")]
    [InlineData("public class A { public virtual int Amount { get; set; } } public class T : A { [JsonIgnore] public override int Amount { get; set; } public string? Name { get; set; } }")]
    [InlineData("public class T { public string? Name { private get; set; } public int Amount { get; private set; } public int Price { get; protected init; } public string this[int i] => \"\"; public static int Count => 1; public int Field; }")]
    [InlineData("public class T { public List<int>? Amount { internal get; set; } public string?[]? Name { private get; init; } = []; public Dictionary<string, int>? Price { set { } } }")]
    [InlineData("public class T { public System.Collections.Immutable.ImmutableArray<int>? Amount { internal get; set; } public IReadOnlyDictionary<string, int> Name { internal get; set; } = null!; public byte[]? Price { internal get; set; } }")]
    [InlineData("public class T { [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public List<int>? Amount { internal get; set; } [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public int[]? Name { private get; set; } [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting)] public HashSet<int> Price { set { } } }")]
    [InlineData("public class T(List<int>? amount, string? name = null) { public List<int>? Amount { internal get; set; } = amount; public string? Name { internal get; set; } = name; public IEnumerable<string>? Price { protected get; set; } }")]
    [InlineData("public class T { [System.Diagnostics.CodeAnalysis.SetsRequiredMembers] public T() { } public required List<int>? Amount { internal get; set; } public required string? Name { private get; init; } }")]
    [InlineData("public class A { public virtual List<int>? Amount { get; set; } } public class T : A { public override List<int>? Amount { set { } } public new string ToString() => \"\"; }")]
    [InlineData("public class T { [JsonPropertyOrder(2)] public int Amount { get; set; } public string? Name { get; set; } [JsonPropertyOrder(-2)] public decimal Price { get; set; } }")]
    [InlineData("public class T { public int Amount { set { } } [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Name { get; set; } [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public decimal Price { get; set; } }")]
    [InlineData("public record T([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenReading)] int Amount = 3, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting)] string? Name = \"none\");")]
    [InlineData("public record T([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenReading)] int Amount) { [JsonIgnore(Condition = JsonIgnoreCondition.WhenReading)] public string? Name { get; init; } = \"none\"; }")]
    [InlineData("public record T([property: JsonRequired] int Amount, [property: JsonPropertyOrder(3), JsonRequired] string? Name, [property: JsonPropertyOrder(-1)] decimal Price = 2);")]
    [InlineData("public partial record T(int Amount); public partial record T { public string? Name { get; init; } } public partial record T { public decimal Price { get; set; } = 3; }")]
    [InlineData("public class T(int amount, List<int>? price = null) { public int Amount => amount; public List<int>? Price { set { price = value; } } }")]
    [InlineData("public struct T(int amount, string? name = \"none\") { public int Amount { get; init; } = amount; public string? Name { get; } = name; }")]
    [InlineData("public interface I<V> { V Amount { get; } V More => Amount; } public abstract class A<V> : I<V> { V I<V>.Amount => default!; public virtual V? Amount { get; init; } public V[]? Name { get; set; } } public class B<V> : A<V> { public new V? Name { get; init; } } public sealed class T : B<int?> { public override int? Amount { get; init; } = 8; }")]
    [InlineData("public record T([property: JsonIgnore] int Amount, [property: JsonPropertyName(\"name\")] string? Title);")]
    [InlineData("public class Outer { public record T(int Amount, string? Name); }", "Outer+T")]
    [InlineData("internal record T(int Amount, string? Name) { internal enum E { A } public decimal? Price { get; init; } }")]
    [InlineData("namespace Deep.Space { public record T(int Amount, string? Name); }", "Deep.Space.T")]
    [InlineData("#pragma warning disable CS0618\n[Obsolete(\"old\")] public record T(int Amount) { [Obsolete(\"old\")] public string? Name { get; set; } }")]
    [InlineData("public record T(int @Amount, string? @event, int @string, int value, int reader) { public int writer { get; init; } public int seen0 { get; set; } public int name { get; set; } }")]
    public void Reads_and_writes_as_System_Text_Json(string source, string root = "T")
    {
        using var codecs = CompiledCodecs.Create(source, root);
        var codec = codecs[root];
        foreach (var json in (string[])
            [
                """{"amount":5,"name":"Bob","price":2.50}""",
                """{"price":2.50,"name":null,"amount":5}""",
                """{"amount":5}""",
                """{"name":"x"}""",
                "{}",
                """{"amount":1,"amount":2,"name":"a","name":"b"}""",
                """{"amount":5,"unknown":{"amount":[1,{}]},"name":"\u0041\ud83d\ude00"}""",
                """{"Amount":5,"NAME":"x"}""",
                """{"amount":null,"name":"x"}""",
                """{"amount":"5"}""",
                """{"amount":5,"name":7}""",
                """{"\u0061mount":5,"name":"x","event":"e","string":1,"value":2,"reader":3,"writer":4,"seen0":5}""",
                """{"$id":"1","$type":"x","amount":1,"name":"y"}""",
                """{"amount":5,}""",
                """{"amount":5/**/}""",
                "null",
                "[]",
                "1",
                "",
                """{"amount":5} x""",
            ])
            Differential.AssertReads(codec, json);
    }

    [Fact]
    public void A_missing_init_only_member_keeps_its_initial_value()
    {
        using var codecs = CompiledCodecs.Create(
            "public sealed record T { public int Batch { get; init; } = 200; public IReadOnlyList<int> Sizes { get; init; } = [1, 2]; }", "T");

        Assert.Equal("""{"batch":200,"sizes":[1,2]}""", codecs.RoundTrip("T", "{}"));
        Assert.Equal("""{"batch":3,"sizes":null}""", codecs.RoundTrip("T", """{"sizes":null,"batch":3}"""));
    }

    [Fact]
    public void More_required_members_than_a_word_has_bits()
    {
        var members = Enumerable.Range(0, 130).Select(i => $"public required int M{i} {{ get; init; }}");
        using var codecs = CompiledCodecs.Create($"public sealed class T {{ {string.Join(' ', members)} }}", "T");
        var pairs = Enumerable.Range(0, 130).Select(i => $"\"m{i}\":{i}").ToList();

        Differential.AssertReads(codecs["T"], $"{{{string.Join(',', pairs)}}}");
        foreach (var missing in (int[])[0, 63, 64, 129])
            Differential.AssertReads(codecs["T"], $"{{{string.Join(',', pairs.Where((_, i) => i != missing))}}}");
    }

    [Fact]
    public void Members_can_be_written_into_an_object_that_is_open()
    {
        using var codecs = CompiledCodecs.Create("public sealed record T(int Amount, string? Name);", "T");

        Assert.Equal("""{"type":"x","amount":5,"name":null}""", codecs["T"].WriteInto("type", "x", """{"amount":5}"""));
    }
}
