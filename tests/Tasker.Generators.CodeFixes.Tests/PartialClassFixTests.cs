using Tasker.Generators.Analyzers;

namespace Tasker.Generators.CodeFixes.Tests;

public sealed class PartialClassFixTests
{
    private const string Attribute = "[TaskTemplate(\"t\", Namespace = \"n\", Version = \"1\")]";

    [Theory]
    [InlineData(Attribute + " public static class C { }", Attribute + " public static partial class C { }", "Make 'C' partial")]
    [InlineData(Attribute + "\n// why\nclass C { }", Attribute + "\n// why\npartial class C { }", "Make 'C' partial")]
    [InlineData("public record struct Outer { " + Attribute + " internal class C { } }", "public partial record struct Outer { " + Attribute + " internal partial class C { } }", "Make 'C' and the types around it partial")]
    public async Task A_template_class_becomes_partial(string before, string after, string title) =>
        await Fixing.AssertSourceAsync(new TaskerTemplateAnalyzer(), new PartialClassFix(), title, before, after);

    [Theory]
    [InlineData(Attribute + " public class C<T> { }")]
    [InlineData(Attribute + " public partial class Steps { }")]
    public async Task What_needs_a_decision_is_left_alone(string source) =>
        await Fixing.AssertNothingOfferedAsync(new TaskerTemplateAnalyzer(), new PartialClassFix(), source);
}
