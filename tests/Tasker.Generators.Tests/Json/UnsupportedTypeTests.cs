using Microsoft.CodeAnalysis.CSharp;

namespace Tasker.Generators.Tests.Json;

/// <summary>A type that cannot cross a step boundary is named with the way to it, the reason and the remedy.</summary>
public sealed class UnsupportedTypeTests
{
    [Theory]
    [InlineData("public record T(List<Line> Lines); public record Line((int A, int B) Pair);", "T.Lines[].Pair", "Use a record")]
    [InlineData("public record T(Dictionary<string, object> Map);", "T.Map[]", "Use JsonElement")]
    [InlineData("public class T { public dynamic? Value { get; set; } }", "T.Value", "Use JsonElement")]
    [InlineData("public record T(System.IO.Stream Value);", "T.Value", "Use a record with the members you need")]
    [InlineData("public record T(Exception Value);", "T.Value", "Use a record with the members you need")]
    [InlineData("public record T(System.Text.Json.Nodes.JsonNode Value);", "T.Value", "or JsonElement")]
    [InlineData("public record T(JsonDocument Value);", "T.Value", "Use a record with the members you need")]
    [InlineData("public record T(Queue<int> Value);", "T.Value", "Use an array, List<T>")]
    [InlineData("public record T(int[,] Value);", "T.Value", "array of arrays")]
    [InlineData("public record T(Dictionary<DateTime, int> Value);", "T.Value", "string, int, long, Guid or an enum, not DateTime")]
    [InlineData("public record T(Action Value);", "T.Value", "Use a record")]
    [InlineData("public delegate void D(); public record T(D Value);", "T.Value", "Use a record, a class or a struct")]
    [InlineData("public interface I { } public record T(I Value);", "T.Value", "Use a concrete type")]
    [InlineData("public abstract record A(int X); public record T(A Value);", "T.Value", "Use a concrete type")]
    [InlineData("public class T { private sealed record P(int X); public List<int> Ok { get; } = []; private P? Hidden { get; set; } public sealed record Q { internal Q() { } } public Q? Value { get; set; } }", "T.Value", "which constructor")]
    [InlineData("public class T { public T(int x) { } public T(string y) { } }", "T", "[JsonConstructor]")]
    [InlineData("public class T { [JsonConstructor] public T() { } [JsonConstructor] public T(int x) { } }", "T", "Mark one")]
    [InlineData("public class T { [JsonConstructor] private T() { } }", "T", "public or internal")]
    [InlineData("public class T(int x) { public long X => x; }", "T", "parameter 'x'")]
    [InlineData("public class T { public T(int x, int X) { } public int X { get; } }", "T", "Two parameters of its constructor fit the property 'X'")]
    [InlineData("public record T(int Half, int , int );", "T", "Two parameters")]
    [InlineData("public class T(in int x) { public int X { get; } = x; }", "T", "by reference")]
    [InlineData("public class T(int x) { public int X => x; public int x { get; set; } }", "T.x", "JSON name 'x'")]
    [InlineData("public class T { public int UserId { get; set; } public int User_id { get; set; } }", "T.User_id", "JSON name 'user_id'")]
    [InlineData("public class T { [JsonPropertyName(\"\\ud800\")] public int A { get; set; } }", "T.A", "not valid Unicode")]
    [InlineData("public class T { [JsonIgnore] public required int A { get; set; } }", "T.A", "required, but not part of the JSON")]
    [InlineData("public class T { public required int A; }", "T.A", "required, but not part of the JSON")]
    [InlineData("public class T { [JsonRequired] public int A { get; } }", "T.A", "nothing can set it")]
    [InlineData("public class T { public required int[] A { internal get; set; } }", "T.A", "nothing can set it")]
    [InlineData("public class T { [JsonInclude] public int A; }", "T.A", "Fields are not part")]
    [InlineData("public class T { [JsonInclude] public int A { get; private set; } }", "T.A", "[JsonInclude]")]
    [InlineData("public class T { [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public int A { get; set; } }", "T.A", "WhenWritingDefault")]
    [InlineData("public class T { [JsonExtensionData] public Dictionary<string, JsonElement>? A { get; set; } }", "T.A", "[JsonExtensionData] is not supported")]
    [InlineData("public class T { [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] public int A { get; set; } }", "T.A", "[JsonNumberHandling] is not supported")]
    [InlineData("[JsonDerivedType(typeof(T))] public class T { }", "T", "[JsonDerivedType] is not supported")]
    [InlineData("[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)] public class T { }", "T", "[JsonUnmappedMemberHandling] is not supported")]
    [InlineData("public class T : IJsonOnSerialized { public void OnSerialized() { } }", "T", "IJsonOnSerialized")]
    [InlineData("public class T { [JsonConverter(typeof(JsonStringEnumConverter))] public int A { get; set; } }", "T.A", "fits enums only")]
    [InlineData("public class T { [JsonConverter(typeof(JsonConverter<int>))] public int A { get; set; } }", "T.A", "Remove [JsonConverter]")]
    [InlineData("[JsonConverter(typeof(JsonStringEnumConverter))] public enum E { [JsonStringEnumMemberName(\" a\")] A } public record T(E A);", "T.A", "Change the name")]
    [InlineData("file record T(int A);", "T", "file-local")]
    [InlineData("public class Outer { private record T(int A); }", "T", "public or internal", "Outer+T")]
    [InlineData("public class N<V> { public N<N<V>>? Next { get; set; } } public record T(N<int> A);", "T.A.Next", "too deep")]
    [InlineData("public record T(Missing A);", "T.A", "The compiler does not know it")]
    [InlineData("public ref struct T { public int A { get; set; } }", "T", "ref struct")]
    public void Says_where_and_why(string source, string path, string reason, string root = "T")
    {
        var compilation = CompiledCodecs.Compile(source);
        if (source.StartsWith("file", StringComparison.Ordinal))
            root = compilation.GetSymbolsWithName("T", Microsoft.CodeAnalysis.SymbolFilter.Type, TestContext.Current.CancellationToken).Single().MetadataName;

        var result = CompiledCodecs.Build(compilation, root);

        Assert.NotNull(result.Unsupported);
        Assert.Null(result.Type);
        Assert.StartsWith(path, result.Unsupported.Path, StringComparison.Ordinal);
        Assert.Contains(reason, result.Unsupported.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vendor", false)]
    [InlineData("global,vendor", true)]
    public void A_type_behind_an_extern_alias_needs_a_global_name_as_well(string aliases, bool isSupported)
    {
        var vendor = CompiledCodecs.Compile("namespace Vendor; public record Address(string City);");
        var reference = vendor.WithAssemblyName("Vendor").ToMetadataReference([.. aliases.Split(',')]);
        var tree = CSharpSyntaxTree.ParseText(
            "extern alias vendor; public record T(vendor::Vendor.Address Home);",
            new CSharpParseOptions(LanguageVersion.CSharp14),
            cancellationToken: TestContext.Current.CancellationToken);
        var compilation = CompiledCodecs.Compile("").AddReferences(reference).AddSyntaxTrees(tree);

        var result = CompiledCodecs.Build(compilation, "T");

        Assert.Equal(isSupported, result.Unsupported is null);
        if (!isSupported)
        {
            Assert.Equal("T.Home", result.Unsupported!.Path);
            Assert.Contains("'vendor' only. Add 'global'", result.Unsupported.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_ignored_member_may_be_of_any_type()
    {
        using var codecs = CompiledCodecs.Create("public sealed class T { [JsonIgnore] public object? A { get; set; } public int B { get; set; } }", "T");

        Differential.AssertReads(codecs["T"], """{"a":1,"b":2}""");
    }
}
