namespace Tasker.Generators.Tests.Projects;

/// <summary>A mistake in an otherwise valid project, and the rule that is there for it.</summary>
/// <param name="Rule">The only rule that may say something.</param>
/// <param name="Source">A class <c>Planted</c>'s members; types after them.</param>
/// <param name="Template">A template.</param>
internal sealed record PlantedMistake(string Rule, string Source, string? Template = null)
{
    private const string Step = "[global::Tasker.StepHandler(\"planted\")] ";
    private const string Head = "name: planted\nnamespace_name: n\nversion: \"1\"\n";

    public static readonly PlantedMistake[] All =
    [
        new("TSKR0001", Step + "public static void A(ref int x) { }"),
        new("TSKR0001", Step + "public static void A(global::System.Span<int> x) { }"),
        new("TSKR0001", Step + "public static void A(global::System.IDisposable x) { }"),
        new("TSKR0001", Step + "public static void A(int x) { }"),
        new("TSKR0001", Step + "public static void A([global::Tasker.FromInput, global::Tasker.FromConfig] int x) { }"),
        new("TSKR0002", Step + "public static void A() { } " + Step + "public static void B() { }"),
        new("TSKR0003", Step + "private static void A() { }"),
        new("TSKR0003", Step + "public static int operator +(Planted a, Planted b) => 1;"),
        new("TSKR0003", "private static class @var { " + Step + "public static void A() { } }"),
        new("TSKR0004", Step + "public static void A<T>() { }"),
        new("TSKR0004", "public static class G<T> { " + Step + "public static void A() { } }"),
        new("TSKR0005", Step + "public static async void A() { await global::System.Threading.Tasks.Task.Yield(); }"),
        new("TSKR0006", Step + "public static global::Tasker.Decision A() => null!;"),
        new("TSKR0006", "[global::Tasker.Decision(\"planted\")] public static int A() => 1;"),
        new("TSKR0007", "public abstract class B { " + Step + "public void A() { } }"),
        new("TSKR0007", "public struct B { " + Step + "public void A() { } }"),
        new("TSKR0007", "public class B { public required int C { get; set; } " + Step + "public void A() { } }"),
        new("TSKR0008", "[global::Tasker.StepHandler(\" \")] public static void A() { }"),
        new("TSKR3001", Step + "public static (int, string) A() => default;"),
        new("TSKR3001", Step + "public static object A() => 1;"),
        new("TSKR3001", Step + "public static int[,] A() => null!;"),
        new("TSKR3001", Step + "public static void A([global::Tasker.FromInput] global::System.Action x) { }"),
        new("TSKR3001", Step + "public static void A([global::Tasker.FromInput] B x) { } public sealed class B { public B(in int c) { } }"),
        new("TSKR3001", Step + "public static void A([global::Tasker.FromInput] B x) { } public sealed class B { private int _c; public ref int C => ref _c; }"),
        new("TSKR3001", Step + "public static void A([global::Tasker.FromInput] B x) { } public sealed class B { public int C { get; set; } public int c { get; set; } }"),
        new("TSKR3001", Step + "public static void A([global::Tasker.FromInput] B x) { } public sealed class B { public C? D { get; set; } } public sealed class C { public nint E { get; set; } }"),
        new("TSKR1001", "", Head + "steps: [{ name: a, handler: { callable: x, resolver: python }, dependencies: [b] }]"),
        new("TSKR1002", "", Head + "steps: [{ name: a, handler: { callable: x, resolver: python }, dependencies: [a] }]"),
        new("TSKR1003", "", Head + "steps: [{ name: a, handler: { callable: x, resolver: python } }, { name: a, handler: { callable: y, resolver: python } }]"),
        new("TSKR1017", Step + "public static void A([global::Tasker.FromInput] int x) { }", Head + "input_schema: { properties: { x: { type: string } } }\nsteps: [{ name: a, handler: { callable: planted } }]"),
        new("TSKR1017", Step + "public static void A([global::Tasker.FromInput] int x, [global::Tasker.FromInput(\"x\")] string y) { }", Head + "steps: [{ name: a, handler: { callable: planted } }]"),
        new("TSKR2001", "", Head + "steps: ["),
        new("TSKR2002", "", "namespace_name: n\nversion: \"1\"\nsteps: [{ name: a, handler: { callable: x, resolver: python } }]"),
        new("TSKR2004", "", Head + "steps: [{ name: a, handler: { callable: x, resolver: python }, timeout_seconds: -1 }]"),
        new("TSKR2005", "", Head + "version: \"1\"\nsteps: [{ name: a, handler: { callable: x, resolver: python } }]"),
    ];

    public void Plant(Project project)
    {
        project.Sources.Add($"#nullable enable annotations\nnamespace PlantedMistakes {{ public sealed class Planted {{ {Source} }} }}");
        if (Template is not null)
            project.Templates.Add(("/templates/planted.task.yaml", Template));
    }

    public override string ToString() => $"{Rule}: {Source}{Template}";
}
