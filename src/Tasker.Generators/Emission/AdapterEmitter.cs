using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;

namespace Tasker.Generators.Emission;

/// <summary>Writes the adapter of one handler: bind, call, write the outcome.</summary>
internal static class AdapterEmitter
{
    /// <summary>Inside the namespaces of the types that adapters use, so that these need no qualification.</summary>
    public const string Namespace = "Tasker.Handlers.Generated";

    private const string Binding = "StepBinding";
    private const string Parameter = "BoundParameter";

    public static SourceText Emit(HandlerModel handler)
    {
        using var writer = GeneratedFile.Begin(UseWarnings.Union(handler.UseWarnings, handler.Instance?.UseWarnings ?? default));
        writer.Line($"namespace {Namespace};").Line();
        writer.Line($"// Binds, calls and writes the outcome of {handler.DisplayName}.");
        GeneratedFile.Plumbing(writer);
        var arguments =
            $"{Identifiers.Literal(handler.Callable)}, {Identifiers.Literal(handler.Method)}, HandlerKind.{handler.Kind}, " +
            $"needsScope: {(handler.NeedsScope ? "true" : "false")}";
        using (writer.Block($"internal sealed class {handler.Name}() : HandlerAdapter({arguments})"))
        {
            foreach (var parameter in handler.Parameters)
                Declare(writer, parameter);
            Invoke(writer, handler);
        }

        return writer.ToSourceText();
    }

    private static void Declare(IndentedWriter writer, ParameterModel parameter)
    {
        if (NeedsCodecField(parameter))
        {
            writer.Line(
                $"private readonly {KnownNames.Global(KnownNames.JsonCodecOfT)}<{parameter.Value!.Type.TypeName}> {Codec(parameter)} = " +
                $"{parameter.Value.Type.CodecExpression};").Line();
        }

        if (!IsBound(parameter))
            return;
        var arguments = $"{Identifiers.Literal(parameter.Name)}, {Identifiers.Literal(parameter.Binding)}";
        if (parameter.Source is ParameterSource.WholeInput)
        {
            foreach (var member in parameter.Value!.RequiredMembers)
                arguments += ", " + Identifiers.Literal(member);
        }

        // Of the instance: there is only one, and a class without static fields is less to compile and to start.
        writer.Line($"private readonly {Parameter} {Field(parameter)} = new({arguments});").Line();
    }

    private static void Invoke(IndentedWriter writer, HandlerModel handler)
    {
        var modifier = handler.IsAwaited ? "async " : "";
        using var body = writer.Block(
            $"public override {modifier}global::System.Threading.Tasks.ValueTask InvokeAsync(" +
            $"StepContext context, StepOutcome outcome)");
        var leave = handler.IsAwaited ? "return;" : "return default;";

        var hasResult = handler.Outcome is not { Shape: OutcomeShape.Nothing, IsStepResult: false };
        writer.Write((hasResult ? "var result = " : "") + (handler.IsAwaited ? "await " : ""));
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

    private static void Call(IndentedWriter writer, HandlerModel handler)
    {
        writer.Write(handler.Instance switch
        {
            null => handler.Type,
            { IsService: true } => $"{Binding}.Service<{handler.Type}>(context)",
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
            for (var i = 0; i < handler.Parameters.Count; i++)
            {
                if (i > 0)
                    writer.Line(",");
                var parameter = handler.Parameters[i];
                writer.Write($"{Identifiers.Escape(parameter.Name)}: {Argument(handler, parameter)}");
            }
        }

        writer.Write(")");
    }

    private static string Argument(HandlerModel handler, ParameterModel parameter) => parameter.Source switch
    {
        ParameterSource.StepContext => "context",
        ParameterSource.CancellationToken => "context.CancellationToken",
        ParameterSource.ServiceProvider => "context.Services",
        ParameterSource.BatchContext => "new BatchContext(context)",
        ParameterSource.TypedBatchContext =>
            $"new BatchContext<{parameter.Value!.Type.TypeName}>(context, {Codec(parameter)})",
        ParameterSource.ApiClient => $"{KnownNames.Global(KnownNames.ApiBinding)}.Client(context, {Identifiers.Literal(handler.Callable)})",
        ParameterSource.Codec => Codec(parameter),
        ParameterSource.Service when parameter.Default is not null => $"({parameter.Service}?)context.Services.GetService(typeof({parameter.Service}))",
        ParameterSource.Service => $"{Binding}.Service<{parameter.Service}>(context)",
        ParameterSource.KeyedService when parameter.Default is not null => KeyedServices.Get(parameter.Service!, "context.Services", parameter.Binding),
        ParameterSource.KeyedService =>
            $"{Binding}.KeyedService(context, {parameter.Binding}, {KeyedServices.Get(parameter.Service!, "context.Services", parameter.Binding)})",
        ParameterSource.Batches => $"{Binding}.Batches<{Type(parameter)}>({Read(parameter)})",
        ParameterSource.WholeInput => $"{Binding}.WholeInput<{Type(parameter)}>({Read(parameter)})",
        _ when parameter.Default is null => $"{Binding}.{parameter.Source}<{Type(parameter)}>({Read(parameter)})",
        _ => $"{Binding}.{parameter.Source}Or<{Type(parameter)}>({Read(parameter)}, {parameter.Default})",
    };

    /// <summary>Type arguments are written out: the compiler would infer each of them in every build.</summary>
    private static string Type(ParameterModel parameter) => parameter.Value!.Type.TypeName;

    private static string Read(ParameterModel parameter) => $"context, {Field(parameter)}, {Codec(parameter)}";

    private static bool IsBound(ParameterModel parameter) =>
        parameter.Source is ParameterSource.WholeInput or ParameterSource.Input or ParameterSource.Config or ParameterSource.Step or ParameterSource.Batches;

    private static string Field(ParameterModel parameter) => "_" + parameter.Name;

    /// <summary>The codec of a nullable value is made by its expression; the others are kept by their own classes.</summary>
    private static bool NeedsCodecField(ParameterModel parameter) => parameter.Value?.Type.Underlying is not null;

    private static string Codec(ParameterModel parameter) =>
        NeedsCodecField(parameter) ? "Codec" + Field(parameter) : parameter.Value!.Type.CodecExpression;
}
