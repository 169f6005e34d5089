using System.Globalization;
using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;

namespace Tasker.Generators.Emission;

/// <summary>
/// Writes the adapter of one handler: bind, call, write the outcome. All of an assembly are parts of one class, because a class of its own for each costs every build
/// as much as what is in it.
/// </summary>
internal static class AdapterEmitter
{
    /// <summary>Inside the namespaces of the types that adapters use, so that these need no qualification.</summary>
    public const string Namespace = "Tasker.Handlers.Generated";

    /// <summary>Names differ by assembly, so that one that sees another's internals sees no second type of the same name.</summary>
    public static string ClassName(CompilationFacts facts) => facts.Identifier + "Handlers";

    public static SourceText Emit(AdapterModel adapter)
    {
        var handler = adapter.Handler;
        using var writer = GeneratedFile.Begin(UseWarnings.Union(handler.UseWarnings, handler.Instance?.UseWarnings ?? []));
        writer.Line($"namespace {Namespace};").Line();
        using (writer.Block($"partial class {adapter.ClassName}"))
        {
            Declare(writer, handler);
            foreach (var parameter in handler.Parameters)
                DeclareCodec(writer, handler, parameter);
            Invoke(writer, handler);
        }

        return writer.ToSourceText();
    }

    /// <summary>The part of the class that has its attributes.</summary>
    public static void EmitClass(IndentedWriter writer, CompilationFacts facts)
    {
        using (writer.Block($"namespace {Namespace}"))
        {
            writer.Line($"/// <summary>Binds, calls and writes the outcomes of the handlers of {Identifiers.Documentation(facts.Name)}.</summary>");
            GeneratedFile.Plumbing(writer);
            writer.Line($"internal static partial class {ClassName(facts)};");
        }
    }

    private static void Declare(IndentedWriter writer, HandlerModel handler)
    {
        var names = "";
        foreach (var parameter in handler.Parameters)
        {
            if (IsBound(parameter))
                names += $", {Identifiers.Literal(parameter.Name)}, {Identifiers.Literal(parameter.Binding)}";
        }

        writer.Line($"// Binds, calls and writes the outcome of {handler.DisplayName}.");
        writer.Line(
            $"public static readonly MethodAdapter {handler.Name} = new({Identifiers.Literal(handler.Callable)}, {Identifiers.Literal(handler.Method)}, "
            + $"HandlerKind.{handler.Kind}, {(handler.NeedsScope ? "true" : "false")}, {Invocation(handler)}{names});").Line();
    }

    private static void DeclareCodec(IndentedWriter writer, HandlerModel handler, ParameterModel parameter)
    {
        if (NeedsCodecField(parameter))
        {
            writer.Line(
                $"private static readonly {KnownNames.Global(KnownNames.JsonCodecOfT)}<{parameter.Value!.Type.TypeName}> {Codec(handler, parameter)} = " +
                $"{parameter.Value.Type.CodecExpression};").Line();
        }
    }

    /// <summary>No handler's own name begins with a single underscore: those of a type or method are doubled.</summary>
    private static string Invocation(HandlerModel handler) => $"_Invoke_{handler.Name}";

    private static void Invoke(IndentedWriter writer, HandlerModel handler)
    {
        var modifier = handler.IsAwaited ? "async " : "";
        using var body = writer.Block(
            $"private static {modifier}global::System.Threading.Tasks.ValueTask {Invocation(handler)}(StepBinder bind, StepOutcome outcome)");
        var leave = handler.IsAwaited ? "return;" : "return default;";

        var hasResult = handler.Outcome is not { Shape: OutcomeShape.Nothing, IsStepResult: false };
        writer.Write((hasResult ? ResultType(handler.Outcome) + " result = " : "") + (handler.IsAwaited ? "await " : ""));
        Call(writer, handler);
        writer.Line(handler.IsAwaited ? ".ConfigureAwait(false);" : ";");

        if (handler.Outcome.IsStepResult)
        {
            using (writer.Block("if (result.Failure is { } failure)"))
            {
                writer.Line("outcome.SetFailure(failure);");
                writer.Line(leave);
            }

            writer.Line();
        }

        OutcomeEmitter.Emit(writer, handler, handler.Outcome.IsStepResult ? "result.Value" : "result");
        if (!handler.IsAwaited)
            writer.Line(leave);
    }

    /// <summary>Not <c>var</c>: a project may have a type of that name.</summary>
    private static string ResultType(OutcomeModel outcome)
    {
        var value = outcome.Value?.Type.TypeName;
        var carrier = outcome.Shape switch
        {
            OutcomeShape.Failure => "StepFailure",
            OutcomeShape.Decision => "Decision",
            OutcomeShape.BatchPlan => "BatchPlan",
            OutcomeShape.BatchResult => "BatchResult",
            _ => null,
        };
        var type = carrier is null ? value! : value is null ? carrier : $"{carrier}<{value}>";
        return outcome.IsStepResult ? $"StepResult<{type}>" : type;
    }

    private static void Call(IndentedWriter writer, HandlerModel handler)
    {
        writer.Write(handler.Instance switch
        {
            null => handler.Type,
            { IsService: true } => $"bind.Service<{handler.Type}>()",
            _ => $"new {handler.Type}()",
        });
        writer.Write($".{handler.MethodName}(");
        if (handler.Parameters.IsEmpty)
        {
            writer.Write(")");
            return;
        }

        writer.Line();
        using (writer.Indented())
        {
            var position = 0;
            for (var i = 0; i < handler.Parameters.Count; i++)
            {
                if (i > 0)
                    writer.Line(",");
                var parameter = handler.Parameters[i];
                writer.Write($"{Identifiers.Escape(parameter.Name)}: {Argument(handler, parameter, position)}");
                if (IsBound(parameter))
                    position++;
            }
        }

        writer.Write(")");
    }

    private static string Argument(HandlerModel handler, ParameterModel parameter, int position) => parameter.Source switch
    {
        ParameterSource.StepContext => "bind.Context",
        ParameterSource.CancellationToken => "bind.CancellationToken",
        ParameterSource.ServiceProvider => "bind.Services",
        ParameterSource.BatchContext => "new BatchContext(bind.Context)",
        ParameterSource.TypedBatchContext =>
            $"new BatchContext<{Type(parameter)}>(bind.Context, {Codec(handler, parameter)})",
        ParameterSource.ApiClient => $"{KnownNames.Global(KnownNames.ApiBinding)}.Client(bind, {Identifiers.Literal(handler.Callable)})",
        ParameterSource.Codec => Codec(handler, parameter),
        ParameterSource.Service when parameter.Default is not null => $"({parameter.Service}?)bind.Services.GetService(typeof({parameter.Service}))",
        ParameterSource.Service => $"bind.Service<{parameter.Service}>()",
        ParameterSource.KeyedService when parameter.Default is not null => KeyedServices.Get(parameter.Service!, "bind.Services", parameter.Binding),
        ParameterSource.KeyedService => $"bind.KeyedService({parameter.Binding}, {KeyedServices.Get(parameter.Service!, "bind.Services", parameter.Binding)})",
        _ => Bind(handler, parameter, position.ToString(CultureInfo.InvariantCulture)),
    };

    /// <summary>Type arguments are written out: the compiler would infer each of them in every build.</summary>
    private static string Bind(HandlerModel handler, ParameterModel parameter, string position) => parameter.Default is null
        ? $"bind.{parameter.Source}<{Type(parameter)}>({position}, {Codec(handler, parameter)})"
        : $"bind.{parameter.Source}Or<{Type(parameter)}>({position}, {Codec(handler, parameter)}, {parameter.Default})";

    private static string Type(ParameterModel parameter) => parameter.Value!.Type.TypeName;

    private static bool IsBound(ParameterModel parameter) =>
        parameter.Source is ParameterSource.WholeInput or ParameterSource.Input or ParameterSource.Config or ParameterSource.Step or ParameterSource.Batches;

    /// <summary>The codec of a nullable value is made by its expression; the others are kept by their own classes.</summary>
    private static bool NeedsCodecField(ParameterModel parameter) => parameter.Value?.Type.Underlying is not null;

    private static string Codec(HandlerModel handler, ParameterModel parameter) =>
        NeedsCodecField(parameter) ? $"_Codec_{handler.Name}_{parameter.Name}" : parameter.Value!.Type.CodecExpression;
}
