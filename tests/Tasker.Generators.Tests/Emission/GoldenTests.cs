using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Emission;

/// <summary>The generated text, reviewed once and compared from then on. Each also compiles without a warning and is cached on a second run.</summary>
public sealed class GoldenTests
{
    [Fact]
    public void Handlers_of_every_kind()
    {
        var host = new GeneratorHost(Samples.Handlers);
        var run = host.RunTwice();

        Assert.Empty(host.Problems());
        Golden.Match("Adapters", Text(run, "Tasker.Handlers."));
        Golden.Match("Registry", GeneratorHost.Source(run, "Tasker.Registry.g.cs"));
        Golden.Match("Hosting", GeneratorHost.Source(run, "Tasker.Hosting.g.cs"));
    }

    [Fact]
    public void Serializers_of_every_kind()
    {
        var host = new GeneratorHost("""
            using System.Text.Json.Serialization;

            public enum Level { Low, High }

            public sealed record Line(string Sku, int Count = 1, decimal? Price = null, Line? Next = null);

            public sealed class Basket
            {
                public required string Owner { get; init; }
                public Guid Id { get; set; }
                public Level Level { get; init; } = Level.High;
                [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Note { get; set; }
                [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public int Tries { get; set; }
                [JsonPropertyName("the lines")] public List<Line> Lines { get; set; } = [];
                public Dictionary<Level, long> Counts { get; set; } = [];
                public int Size => Lines.Count;
            }

            public static class Shop
            {
                [StepHandler("fill")]
                public static Basket Fill(Line line) => throw new PermanentException(line.Sku);
            }
            """);
        var run = host.RunTwice();

        Assert.Empty(host.Problems());
        Golden.Match("Serializers", Text(run, "Tasker.Json."));
    }

    [Fact]
    public void A_template_with_everything()
    {
        var host = new GeneratorHost(Samples.Handlers, ("approval.workflow.yaml", Samples.Approval));
        var run = host.RunTwice();

        Assert.Empty(run.Diagnostics);
        Assert.Empty(host.Problems());
        Golden.Match("Template", GeneratorHost.Source(run, "Tasker.Templates.ApprovalRouting.g.cs"));
    }

    [Fact]
    public void A_template_with_typed_inputs()
    {
        var host = new GeneratorHost("", ("import.workflow.yml", Samples.Inputs));
        var run = host.RunTwice();

        Assert.Empty(run.Diagnostics);
        Assert.Empty(host.Problems());
        Golden.Match("Inputs", GeneratorHost.Source(run, "Tasker.Templates.Import.g.cs"));
    }

    [Fact]
    public void A_template_whose_schemas_have_objects()
    {
        var host = new GeneratorHost("public static class C { [StepHandler(\"here\")] public static void Here() { } }", ("orders.workflow.yml", Samples.Schemas));
        var run = host.RunTwice();

        Assert.Empty(run.Diagnostics);
        Assert.Empty(host.Problems());
        Golden.Match("Schemas", GeneratorHost.Source(run, "Tasker.Templates.Orders.g.cs"));
    }

    private static string Text(Microsoft.CodeAnalysis.GeneratorRunResult run, string prefix) => string.Join(
        "\n",
        run.GeneratedSources
            .Where(source => source.HintName.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(source => source.HintName, StringComparer.Ordinal)
            .Select(source => $"==== {source.HintName}\n{source.SourceText}"));
}
