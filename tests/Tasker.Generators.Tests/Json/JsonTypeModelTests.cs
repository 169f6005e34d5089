using CsCheck;
using System.Text.Json;
using Tasker.Generators.Json;

namespace Tasker.Generators.Tests.Json;

/// <summary>Models compare by value and depend on nothing but their type, so that an incremental generator can keep them.</summary>
public sealed class JsonTypeModelTests(ITestOutputHelper output)
{
    private const string Source =
        """
        public sealed record Order(List<Line> Lines, Order? Parent, Page<Line> Page);
        public sealed record Line(string? Name, int? Count);
        public sealed class Page<T> { public T? First { get; init; } public int Total { get; init; } }
        public static class Roots { public static List<string> A => []; public static List<string?> B => []; public static int? C => 1; public static Order? D => null; }
        """;

    [Fact]
    public void The_same_type_gives_equal_models_in_another_compilation()
    {
        var first = CompiledCodecs.Build(CompiledCodecs.Compile(Source), "Order");
        var second = CompiledCodecs.Build(CompiledCodecs.Compile("public class Unrelated { }\n" + Source), "Order");

        Assert.Equal(first, second);
        Assert.Equal(first.GetHashCode(), second.GetHashCode());
        Assert.Equal(["JsonLine", "JsonListOfLine", "JsonOrder", "JsonPageOfLine"], first.Models.Select(model => model.ClassName.Split('_')[0]));
    }

    [Fact]
    public void A_changed_member_changes_only_the_model_of_its_type()
    {
        var before = CompiledCodecs.Build(CompiledCodecs.Compile(Source), "Order");
        var after = CompiledCodecs.Build(CompiledCodecs.Compile(Source.Replace("int? Count", "long? Count", StringComparison.Ordinal)), "Order");

        Assert.Equal(before.Models.Select(model => model.ClassName), after.Models.Select(model => model.ClassName));
        Assert.Equal(["Line"], before.Models.Where((model, i) => model != after.Models[i]).Select(model => model.DisplayName));
    }

    [Fact]
    public void Nullability_of_references_makes_no_other_type()
    {
        var compilation = CompiledCodecs.Compile(Source);

        Assert.Equal(CompiledCodecs.Build(compilation, "A"), CompiledCodecs.Build(compilation, "B"));
        Assert.Equal(CompiledCodecs.Build(compilation, "D"), CompiledCodecs.Build(compilation, "Order"));
    }

    [Fact]
    public void A_nullable_value_is_read_and_written_around_its_type()
    {
        var type = CompiledCodecs.Build(CompiledCodecs.Compile(Source), "C").Type!;

        Assert.Equal("global::Tasker.Json.JsonCodecs.Nullable(global::Tasker.Json.JsonCodecs.Int32)", type.CodecExpression);
        Assert.Equal("if (x is { } some) w.WriteNumberValue(some); else w.WriteNullValue();", type.WriteCall("w", "x"));
        Assert.True(type is { CanBeNull: true, IsReferenceType: false, IsObject: false, TypeName: "int?" });
    }

    [Fact]
    public void No_model_holds_a_Roslyn_type()
    {
        foreach (var model in typeof(JsonTypeModel).Assembly.GetTypes().Where(type => type.Namespace == typeof(JsonTypeModel).Namespace && type.GetMethod("<Clone>$") is not null))
        {
            if (model == typeof(ObjectProperty))
                continue; // Lives only while a type is being described.
            foreach (var property in model.GetProperties(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance))
                Assert.DoesNotContain("Microsoft.CodeAnalysis", property.PropertyType.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Names_are_those_of_System_Text_Json()
    {
        Gen.String.Sample(
            static name => Assert.Equal(JsonNamingPolicy.SnakeCaseLower.ConvertName(name), SnakeCase.Convert(name)), output.WriteLine, iter: 5_000);
        Gen.String[Gen.Char["aZ09_ \u00c4\u00e9IOX"], 0, 12].Sample(
            static name => Assert.Equal(JsonNamingPolicy.SnakeCaseLower.ConvertName(name), SnakeCase.Convert(name)), output.WriteLine, iter: 5_000);
    }
}
