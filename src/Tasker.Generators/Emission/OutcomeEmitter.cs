using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;

namespace Tasker.Generators.Emission;

/// <summary>Writes the part of an adapter that turns what the method returned into an outcome.</summary>
internal static class OutcomeEmitter
{
    /// <param name="writer">Takes the code.</param>
    /// <param name="handler">The handler.</param>
    /// <param name="result">The expression that holds what it returned.</param>
    public static void Emit(IndentedWriter writer, HandlerModel handler, string result)
    {
        var outcome = handler.Outcome;
        switch (outcome.Shape)
        {
            case OutcomeShape.Nothing:
                writer.Line("outcome.SetNothing();");
                break;
            case OutcomeShape.Failure:
                writer.Line($"outcome.SetFailure({result});");
                break;
            case OutcomeShape.Decision:
                Carrier(writer, $"outcome.BeginDecision({result})", outcome.Value, $"{result}.Result");
                break;
            case OutcomeShape.BatchPlan:
                Carrier(writer, $"outcome.BeginBatchPlan({result}, {Identifiers.Literal(handler.WorkerTemplate ?? "")})", outcome.Value, $"{result}.Result");
                break;
            case OutcomeShape.BatchResult:
                Carrier(writer, $"outcome.BeginBatchResult({result})", outcome.Value, $"{result}.Value");
                break;
            default:
                Value(writer, outcome.Value!, result);
                break;
        }
    }

    private static void Value(IndentedWriter writer, ValueModel value, string result) => writer.Line(value switch
    {
        { IsElement: true, Type.Underlying: null } => $"outcome.SetElement({result});",
        { IsElement: true } => $"outcome.SetElement({result} ?? default);",
        { Type.Underlying: { } underlying } => $"outcome.SetNullable<{underlying.TypeName}>({result}, {underlying.CodecExpression});",
        _ => $"outcome.SetValue<{value.Type.TypeName}>({result}, {value.Type.CodecExpression});",
    });

    private static void Carrier(IndentedWriter writer, string begin, ValueModel? value, string members)
    {
        writer.Line(begin + ";");
        if (value is not null)
            writer.Line($"outcome.AddMembers<{value.Type.TypeName}>({members}, {value.Type.CodecExpression});");
        writer.Line("outcome.End();");
    }
}
