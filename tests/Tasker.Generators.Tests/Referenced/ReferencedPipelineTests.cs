using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Referenced;

/// <summary>Libraries are read once, and again only when they change.</summary>
public sealed class ReferencedPipelineTests
{
    private const string First = "public sealed record Visitor(string Name); public sealed record Greeting(string Text); public static class F { [StepHandler(\"greet\")] public static Greeting Greet(Visitor visitor) => new(visitor.Name); }";
    private const string Second = "public sealed record Total(int Sum); public static class S { [StepHandler(\"count\")] public static Total Count() => new(1); }";
    private const string Own = "public static class Own { [StepHandler(\"own\")] public static int Mine() => 1; }";

    private static readonly (string, string) Hello = ("hello.workflow.yaml", """
        name: hello
        namespace_name: n
        version: 1.0.0
        steps:
          - { name: greet, handler: { callable: greet } }
          - { name: count, dependencies: [greet], handler: { callable: count } }
        """);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_edit_in_a_body_of_the_project_runs_nothing(bool isBuilt)
    {
        var host = Library.Host(Own, [Library.Compile(First, "First", isBuilt), Library.Compile(Second, "Second", isBuilt)], Hello);
        host.RunTwice();
        var run = host.EditSource("=> 1", "=> 2");

        Assert.Empty(GeneratorHost.Written(run));
        Assert.All(run.TrackedSteps[StepNames.ReferencedHandlers].Single().Outputs, output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
        Assert.All(run.TrackedSteps[StepNames.TemplateSources], step => Assert.All(step.Outputs, output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_edit_of_a_signature_of_the_project_reads_no_library_again(bool isBuilt)
    {
        var host = Library.Host(Own, [Library.Compile(First, "First", isBuilt), Library.Compile(Second, "Second", isBuilt)], Hello);
        host.RunTwice();
        var before = ReferencedHandlers.Of(host.Compilation, CancellationToken.None).Assemblies;
        var run = host.EditSource("int Mine", "long Mine");

        // Asked directly: of equal values the pipeline would keep the old one.
        Assert.Equal(["Tasker.Handlers.Own_Mine.g.cs"], GeneratorHost.Written(run));
        var after = ReferencedHandlers.Of(host.Compilation, CancellationToken.None).Assemblies;
        Assert.Equal(2, before.Count);
        Assert.Same(before[0], after[0]);
        Assert.Same(before[1], after[1]);
    }

    [Fact]
    public void A_library_that_changes_is_read_again_and_no_other()
    {
        var first = Library.Compile(First, "First");
        var second = Library.Compile(Second, "Second");
        var host = Library.Host(Own, [first, second], Hello);
        var before = Read(host.RunTwice());
        host.Change(compilation => compilation.ReplaceReference(second, Library.Compile(Second.Replace("int Sum", "long Sum", StringComparison.Ordinal), "Second")));
        var run = host.Run();

        Assert.StartsWith("Tasker.Json.JsonTotal_", Assert.Single(GeneratorHost.Written(run)), StringComparison.Ordinal);
        var after = Read(run);
        Assert.Same(before[0], after[0]);
        Assert.NotEqual(before[1], after[1]);
    }

    [Fact]
    public void A_library_with_other_bodies_writes_nothing()
    {
        var first = Library.Compile(First, "First");
        var host = Library.Host(Own, [first, Library.Compile(Second, "Second")], Hello);
        host.RunTwice();
        host.Change(compilation => compilation.ReplaceReference(first, Library.Compile(First.Replace("visitor.Name)", "\"you\")", StringComparison.Ordinal), "First")));

        Assert.Empty(GeneratorHost.Written(host.Run()));
    }

    [Fact]
    public void Who_sees_the_internals_of_a_library_reads_more_than_who_does_not()
    {
        var library = Library.Compile("[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Friend\")] internal sealed record Greeting(string Text); internal static class F { [StepHandler(\"greet\")] internal static Greeting Greet() => null!; }", "First", isBuilt: false);
        var stranger = Library.Host(Own, [library], Hello);
        var friend = Library.Host(Own, [library], Hello);
        friend.Change(compilation => compilation.WithAssemblyName("Friend"));

        Assert.Null(Assert.Single(Assert.Single(Read(stranger.RunTwice())).Handlers).Outcome);
        Assert.NotNull(Assert.Single(Assert.Single(Read(friend.RunTwice())).Handlers).Outcome);
        Assert.Empty(friend.Problems());
    }

    [Fact]
    public void A_project_without_such_libraries_reads_nothing()
    {
        var host = new GeneratorHost(Own, Hello);

        Assert.Empty(Read(host.RunTwice()));
    }

    [Fact]
    public void No_old_library_is_kept_alive()
    {
        var host = Library.Host(Own, [], Hello);
        var first = RunFirst(host);
        host.Change(compilation => compilation.RemoveReferences(compilation.References.Last()).AddReferences(Library.Compile(Second, "Second", isBuilt: false)));
        host.Run();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(first.IsAlive);
        GC.KeepAlive(host);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference RunFirst(GeneratorHost host)
    {
        var library = (CompilationReference)Library.Compile(First, "First", isBuilt: false);
        host.Change(compilation => compilation.AddReferences(library));
        Assert.NotEmpty(Read(host.Run()));
        return new WeakReference(library.Compilation);
    }

    private static EquatableArray<ReferencedAssembly> Read(GeneratorRunResult run) =>
        ((ReferencedHandlers)run.TrackedSteps[StepNames.ReferencedHandlers].Single().Outputs.Single().Value).Assemblies;
}
