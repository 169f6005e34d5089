using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;

namespace Tasker.Generators.Emission;

/// <summary>Writes the part of an adapter that turns what the method returned into an outcome.</summary>
internal static class OutcomeEmitter
{
    /// <param name="writer">Takes the code.</param>
    /// <param name="handler">The handler.</param>
    /// <param name="result">The expression that holds what it returned.</param>
    /// <param name="leave">The statement that leaves the method early.</param>
    public static void Emit(IndentedWriter writer, HandlerModel handler, string result, string leave)
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
                Value(writer, outcome.Value!, result, leave);
                break;
        }
    }

    private static void Value(IndentedWriter writer, ValueModel value, string result, string leave)
    {
        if (value.IsElement)
        {
            writer.Line($"outcome.SetElement({result});");
            return;
        }

        if (value.Type.CanBeNull)
        {
            using (writer.Block($"if ({result} is null)"))
            {
                writer.Line("outcome.SetNothing();");
                writer.Line(leave);
            }

            writer.Line();
        }

        writer.Line($"var writer = outcome.{(value.Type.IsObject ? "BeginObject" : "BeginValue")}();");
        writer.Line(value.Type.WriteSome("writer", value.Type.Underlying is null ? result : $"{result}.Value"));
        writer.Line("outcome.End();");
    }

    private static void Carrier(IndentedWriter writer, string begin, ValueModel? value, string members)
    {
        if (value is null)
        {
            writer.Line(begin + ";");
        }
        else
        {
            writer.Line($"var writer = {begin};");
            if (value.Type.CanBeNull)
            {
                using (writer.Block($"if ({members} is not null)"))
                    writer.Line(value.Type.WriteMembersCall("writer", members));
                writer.Line();
            }
            else
            {
                writer.Line(value.Type.WriteMembersCall("writer", members));
            }
        }

        writer.Line("outcome.End();");
    }
}
