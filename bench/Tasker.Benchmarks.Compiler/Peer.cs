using Microsoft.CodeAnalysis;

namespace Tasker.Benchmarks.Compiler;

/// <summary>One generator with the sources that give it the same work: an annotated method and a record of four members a file.</summary>
/// <param name="Name">Its name in the tables.</param>
/// <param name="References">What its sources need beside the base class library.</param>
/// <param name="Analyzers">The files that the compiler loads.</param>
/// <param name="Generators">The same in this process.</param>
/// <param name="Source">One file: its number, what its body contains and what its signature has at its end.</param>
/// <param name="Common">A file for all, or <see langword="null"/>; left out of the build without the generator, where it would not compile.</param>
internal sealed record Peer(
    string Name,
    IReadOnlyList<string> References,
    IReadOnlyList<string> Analyzers,
    Func<IEnumerable<ISourceGenerator>> Generators,
    Func<int, int, string, string> Source,
    Func<int, string?> Common)
{
    public static Peer Tasker { get; } = new(
        "Tasker",
        [typeof(StepHandlerAttribute).Assembly.Location],
        Toolchain.TaskerAnalyzers,
        () => [new Generators.TaskerGenerator().AsSourceGenerator()],
        (i, body, parameter) => $$"""
            using Tasker;

            namespace Synthetic;

            public sealed record Order{{i}}(int Id, string Customer, decimal Total, bool Paid);

            public static class Handlers{{i}}
            {
                [StepHandler("step_{{i}}")]
                public static Order{{i}} Handle([FromInput] string customer, [FromConfig] int size = 10{{(parameter.Length == 0 ? "" : ", [FromInput] int " + parameter + " = 1")}})
                {
                    var total = {{body}}m + size;
                    return new Order{{i}}(size, customer, total, total > 0);
                }
            }
            """,
        _ => null);

    /// <summary>With one context for all types, which is far cheaper than one a type.</summary>
    public static Peer SystemTextJson { get; } = new(
        "System.Text.Json",
        [],
        [Toolchain.JsonGenerator],
        () => Toolchain.Load(Toolchain.JsonGenerator),
        (i, body, parameter) => $$"""
            namespace Synthetic;

            public sealed record Order{{i}}(int Id, string Customer, decimal Total, bool Paid);

            public static class Handlers{{i}}
            {
                public static Order{{i}} Handle(string customer, int size = 10{{(parameter.Length == 0 ? "" : ", int " + parameter + " = 1")}})
                {
                    var total = {{body}}m + size;
                    return new Order{{i}}(size, customer, total, total > 0);
                }
            }
            """,
        count =>
            "namespace Synthetic;\n"
            + string.Join("\n", Enumerable.Range(0, count).Select(i => $"[System.Text.Json.Serialization.JsonSerializable(typeof(Order{i}))]"))
            + "\ninternal sealed partial class Context : System.Text.Json.Serialization.JsonSerializerContext;\n");

    public static Peer Mediator { get; } = new(
        "Mediator",
        [typeof(global::Mediator.IMediator).Assembly.Location, typeof(Microsoft.Extensions.DependencyInjection.IServiceCollection).Assembly.Location],
        [Toolchain.MediatorGenerator],
        () => Toolchain.Load(Toolchain.MediatorGenerator),
        (i, body, parameter) => $$"""
            using Mediator;

            namespace Synthetic;

            public sealed record Order{{i}}(int Id, string Customer, decimal Total, bool Paid);

            public sealed record Query{{i}}(string Customer, int Size = 10{{(parameter.Length == 0 ? "" : ", int " + parameter + " = 1")}}) : IRequest<Order{{i}}>;

            public sealed class Handlers{{i}} : IRequestHandler<Query{{i}}, Order{{i}}>
            {
                public System.Threading.Tasks.ValueTask<Order{{i}}> Handle(Query{{i}} request, System.Threading.CancellationToken cancellationToken)
                {
                    var total = {{body}}m + request.Size;
                    return new(new Order{{i}}(request.Size, request.Customer, total, total > 0));
                }
            }
            """,
        _ => null);

    /// <summary>No generator: what Tasker declares for a handler and its record, written by hand and without anything in it.</summary>
    public static Peer EmptyMethods { get; } = new(
        "floor: Tasker's methods, all empty",
        Tasker.References,
        [],
        () => [],
        SystemTextJson.Source,
        count =>
            "namespace Synthetic;\nusing Tasker;\nusing Tasker.Handlers;\nusing Tasker.Json;\n"
            + string.Join("\n", Enumerable.Range(0, count).Select(i => $$"""
                internal static partial class Handlers
                {
                    public static readonly MethodAdapter Handle{{i}} = new("step_{{i}}", null, HandlerKind.Step, false, _Invoke_Handle{{i}});

                    private static global::System.Threading.Tasks.ValueTask _Invoke_Handle{{i}}(StepBinder bind, StepOutcome outcome) => default;
                }

                internal static class Codec{{i}}
                {
                    public static readonly JsonObjectCodec<Order{{i}}> Codec = new("Order{{i}}", true, Read, Write, null, "id Int32");

                    private static Order{{i}} Read(in JsonObjectReader members) => null!;

                    private static void Write(in JsonObjectWriter members, Order{{i}} value)
                    {
                    }
                }
                """)));

    /// <summary>Those with a generator.</summary>
    public static IReadOnlyList<Peer> All { get; } = [Tasker, SystemTextJson, Mediator];
}
