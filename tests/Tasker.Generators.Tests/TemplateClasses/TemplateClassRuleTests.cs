using Tasker.Generators.Analyzers;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.TemplateClasses;

/// <summary>What is wrong with a class that declares a template is reported in C#, at the name it is about.</summary>
public sealed class TemplateClassRuleTests
{
    [Fact]
    public async Task A_template_that_fits_has_no_diagnostic()
    {
        Assert.Empty(await Marked.RunAsync(new TaskerTemplateAnalyzer(), Samples.ApprovalClass));
        Assert.Empty(await Marked.RunAsync(new TaskerGraphAnalyzer(), Samples.ApprovalClass));
    }

    [Theory]
    [InlineData("TSKR1001", "[StepHandler(\"b\", DependsOn = [⟦\"aa\"⟧, \"a\"])] public static void B() { }", "Step 'b' depends on 'aa', which is no step of the template. Did you mean 'a'? Add a step with this name or remove the reference.")]
    [InlineData("TSKR1001", "[StepHandler(\"b\", DependsOn = new[] { \"a\", ⟦\"c\"⟧ })] public static void B() { }", null)]
    [InlineData("TSKR1002", "[StepHandler(\"b\")] public static int B([FromStep] int c) => 1; [StepHandler(\"c\")] public static int C1([FromStep(⟦\"b\"⟧)] int x) => 1;", "The steps 'b' → 'c' → 'b' wait for each other, so none of them can ever run; remove one of these dependencies")]
    [InlineData("TSKR1002", "[StepHandler(\"b\")] public static int B([FromStep] int ⟦b⟧) => 1;", null)]
    [InlineData("TSKR1003", "[StepHandler(\"b\", Step = ⟦\"a\"⟧)] public static void B() { }", "The step 'a' is already defined in line 3; give one of the two another name")]
    [InlineData("TSKR1003", "[StepHandler(⟦\"a\"⟧, Method = \"other\")] public static void B() { }", null)]
    [InlineData("TSKR1011", "[StepHandler(⟦\"b\"⟧, DependsOn = [\"a\"], Converges = true)] public static void B() { }", null)]
    [InlineData("TSKR1013", "[BatchWorker(\"w\")] public static BatchResult W() => null!; [Decision(⟦\"d\"⟧, DependsOn = [\"w\"])] public static Decision D() => null!;", null)]
    [InlineData("TSKR1014", "[Decision(⟦\"d\"⟧)] public static Decision D() => null!;", null)]
    [InlineData("TSKR2004", "[StepHandler(\"b\", MaxAttempts = ⟦0⟧)] public static void B() { }", "'MaxAttempts' in the [StepHandler] of 'C' must be an integer from 1 to 2147483647, not 0")]
    [InlineData("TSKR2004", "[StepHandler(\"b\", TimeoutSeconds = ⟦-1⟧)] public static void B() { }", null)]
    [InlineData("TSKR2004", "[StepHandler(\"b\", BackoffBaseMilliseconds = ⟦-1⟧)] public static void B() { }", null)]
    [InlineData("TSKR2004", "[StepHandler(\"b\", MaxBackoffMilliseconds = ⟦-1⟧)] public static void B() { }", null)]
    [InlineData("TSKR2004", "[StepHandler(\"b\", Backoff = ⟦(Tasker.Templates.BackoffStrategy)9⟧)] public static void B() { }", "'Backoff' in the [StepHandler] of 'C' must be one of None, Linear, Exponential, Fibonacci, not 9")]
    [InlineData("TSKR2004", "[BatchWorker(\"b\", BatchSize = ⟦0⟧)] public static BatchResult B() => null!;", null)]
    [InlineData("TSKR2004", "[BatchWorker(\"b\", Parallelism = ⟦0⟧)] public static BatchResult B() => null!;", null)]
    [InlineData("TSKR2004", "[StepHandler(\"b\", Step = ⟦\"\"⟧)] public static void B() { }", "'Step' in the [StepHandler] of 'C' must be text that is not empty, not empty")]
    [InlineData("TSKR2007", "[StepHandler(⟦\"b\"⟧, Retryable = false, MaxAttempts = 2)] public static void B() { }", null)]
    public async Task What_is_wrong_is_reported_in_its_place(string id, string members, string? message)
    {
        var diagnostic = Assert.Single(await Marked.AnalyzeAsync(new TaskerTemplateAnalyzer(), TemplateClassTests.Class(members).Replace("[TaskTemplate", "\n[TaskTemplate", StringComparison.Ordinal)));

        Assert.Equal(id, diagnostic.Id);
        if (message is not null)
            Assert.Equal(message, diagnostic.Message());
    }

    [Theory]
    [InlineData("TSKR1004", "[StepHandler(\"b\")] public static void B([FromStep(⟦\"aa\"⟧)] int x) { }")]
    [InlineData("TSKR1006", "[StepHandler(\"b\")] public static void B([FromStep] string ⟦a⟧) { }")]
    [InlineData("TSKR1007", "[Decision(\"d\", DependsOn = [\"a\"])] public static Decision D() => null!; [StepHandler(\"l\", DependsOn = [\"d\"])] public static int L() => 1; [StepHandler(\"r\", DependsOn = [\"d\"])] public static int R() => 1; [StepHandler(\"c\")] public static void C1([FromStep] int? l, [FromStep] int ⟦r⟧) { }")]
    [InlineData("TSKR1008", "[BatchAnalyzer(\"p\", WorkerTemplate = ⟦\"a\"⟧)] public static BatchPlan P() => null!;")]
    [InlineData("TSKR1009", "[Decision(\"d\", DependsOn = [\"a\"])] public static Decision D() => Decision.Route(⟦\"nowhere\"⟧);")]
    [InlineData("TSKR1010", "[Decision(\"d\", DependsOn = [\"a\"])] public static Decision D() => Decision.Route(⟦\"l\"⟧); [StepHandler(\"l\")] public static void L() { }")]
    [InlineData("TSKR1010", "[Decision(\"d\", DependsOn = [\"a\"])] public static Decision D() => Decision.Route(⟦Steps.L⟧); [StepHandler(\"l\")] public static void L() { }")]
    [InlineData("TSKR1017", "[StepHandler(\"b\")] public static void B([FromInput] int x) { } [StepHandler(\"c\")] public static void C1([FromInput] string ⟦x⟧) { }")]
    [InlineData("TSKR1017", "public sealed record Whole(int X); [StepHandler(\"b\")] public static void B(Whole whole) { } [StepHandler(\"c\")] public static void C1([FromInput(⟦\"x\"⟧)] string y) { }")]
    public async Task The_rules_about_handlers_hold_for_template_classes(string id, string members) =>
        Assert.Equal(id, Assert.Single(await Marked.AnalyzeAsync(new TaskerGraphAnalyzer(), TemplateClassTests.Class(members))).Id);

    [Theory]
    [InlineData("[TaskTemplate(\"t\", Namespace = \"n\", Version = \"1\")] public class ⟦C⟧ { }", "Generated code cannot complete the template class 'C': 'C' is not partial; add the modifier")]
    [InlineData("public class Outer { [TaskTemplate(\"t\", Namespace = \"n\", Version = \"1\")] public partial class ⟦C⟧ { } }", "Generated code cannot complete the template class 'Outer.C': 'Outer' is not partial; add the modifier")]
    [InlineData("public partial class Outer { [TaskTemplate(\"t\", Namespace = \"n\", Version = \"1\")] partial class ⟦C⟧ { } }", "Generated code cannot complete the template class 'Outer.C': 'Outer.C' is out of its reach; make it internal or public")]
    [InlineData("[TaskTemplate(\"t\", Namespace = \"n\", Version = \"1\")] public partial class ⟦C⟧<T> { }", null)]
    [InlineData("[TaskTemplate(\"t\", Namespace = \"n\", Version = \"1\")] public partial class ⟦C⟧ { public static void Template() { } }", null)]
    [InlineData("[TaskTemplate(\"t\", Namespace = \"n\", Version = \"1\")] public partial class ⟦Steps⟧ { }", null)]
    public async Task A_class_that_cannot_be_completed_is_reported(string source, string? message)
    {
        var diagnostic = Assert.Single(await Marked.AnalyzeAsync(new TaskerTemplateAnalyzer(), source));

        Assert.Equal("TSKR0011", diagnostic.Id);
        if (message is not null)
            Assert.Equal(message, diagnostic.Message());
    }

    [Theory]
    [InlineData("public partial class Outer { public partial struct Middle { public partial interface Inner { [TaskTemplate(\"t\", Namespace = \"n\", Version = \"1\")] internal partial record class C { } } } }")]
    [InlineData("namespace A.@class; [TaskTemplate(\"t\", Namespace = \"n\", Version = \"1\")] internal sealed partial record @event { [StepHandler(\"a\")] public void A() { } }")]
    public async Task Any_class_that_can_be_reached_can_be_completed(string source)
    {
        var host = new GeneratorHost(source);
        host.Run();

        Assert.Empty(host.Problems());
        Assert.Empty(await Marked.RunAsync(new TaskerTemplateAnalyzer(), source));
    }

    [Theory]
    [InlineData("[TaskTemplate(⟦\"\"⟧, Namespace = \"n\", Version = \"1\")] public partial class C { }")]
    [InlineData("[TaskTemplate(\"t\", Namespace = ⟦\"\"⟧, Version = \"1\")] public partial class C { }")]
    [InlineData("[TaskTemplate(\"t\", Namespace = \"n\", Version = ⟦\"1.0.0-rc.1+build.77\"⟧)] public partial class C { }")]
    public async Task A_name_must_fit(string source) =>
        Assert.Equal("TSKR2004", Assert.Single(await Marked.AnalyzeAsync(new TaskerTemplateAnalyzer(), source)).Id);

    [Theory]
    [InlineData("public class A : Attribute { } [TaskTemplate(\"t\", Namespace = \"n\", Version = \"1\")] public partial class C { } [TaskTemplate(⟦\"t\"⟧, Namespace = \"n\", Version = \"1\")] public partial class D { }", "The template 'n/t/1' is already defined in 'C'; change the name, the namespace_name or the version of one of the two")]
    [InlineData("[TaskTemplate(⟦\"file\"⟧, Namespace = \"n\", Version = \"1\")] public partial class D { }", "The template 'n/file/1' is already defined in 'f.workflow.yaml'; change the name, the namespace_name or the version of one of the two")]
    public async Task Two_templates_cannot_be_the_same(string source, string message)
    {
        var diagnostic = Assert.Single(await Marked.AnalyzeAsync(
            new TaskerTemplateAnalyzer(),
            source,
            ("folder/f.workflow.yaml", "{ name: file, namespace_name: n, version: \"1\", steps: [] }")));

        Assert.Equal(("TSKR2006", message), (diagnostic.Id, diagnostic.Message()));
    }

    [Fact]
    public async Task A_pragma_silences_a_rule() =>
        Assert.Empty(await Marked.RunAsync(
            new TaskerTemplateAnalyzer(),
            "#pragma warning disable TSKR1014\n" + TemplateClassTests.Class("[Decision(\"d\")] public static Decision D() => null!;")));
}
