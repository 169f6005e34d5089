using System.Text.Json;

namespace Tasker.Embedded.Storage;

/// <summary>
/// The names that are written again and again, made ready once: a writer looks through all other text for characters to escape, which takes longer than
/// writing it.
/// </summary>
internal static class JsonNames
{
    public static readonly JsonEncodedText TaskNo = JsonEncodedText.Encode("task_no");
    public static readonly JsonEncodedText State = JsonEncodedText.Encode("state");
    public static readonly JsonEncodedText Attempts = JsonEncodedText.Encode("attempts");
    public static readonly JsonEncodedText Result = JsonEncodedText.Encode("result");
    public static readonly JsonEncodedText Checkpoint = JsonEncodedText.Encode("checkpoint");
    public static readonly JsonEncodedText Inputs = JsonEncodedText.Encode("inputs");
    public static readonly JsonEncodedText NextAttemptAt = JsonEncodedText.Encode("next_attempt_at");
    public static readonly JsonEncodedText Started = JsonEncodedText.Encode("started");
    public static readonly JsonEncodedText Completed = JsonEncodedText.Encode("completed");
    public static readonly JsonEncodedText New = JsonEncodedText.Encode("new");
    public static readonly JsonEncodedText Namespace = JsonEncodedText.Encode("namespace");
    public static readonly JsonEncodedText Name = JsonEncodedText.Encode("name");
    public static readonly JsonEncodedText Version = JsonEncodedText.Encode("version");
    public static readonly JsonEncodedText Initiator = JsonEncodedText.Encode("initiator");
    public static readonly JsonEncodedText SourceSystem = JsonEncodedText.Encode("source_system");
    public static readonly JsonEncodedText Reason = JsonEncodedText.Encode("reason");
    public static readonly JsonEncodedText Priority = JsonEncodedText.Encode("priority");
    public static readonly JsonEncodedText CreatedAt = JsonEncodedText.Encode("created_at");
    public static readonly JsonEncodedText PlanNo = JsonEncodedText.Encode("plan_no");

    private static readonly JsonEncodedText[] TaskStates = Array.ConvertAll(Enum.GetValues<TaskState>(), state => JsonEncodedText.Encode(state.ToName()));
    private static readonly JsonEncodedText[] StepStates = Array.ConvertAll(Enum.GetValues<StepState>(), state => JsonEncodedText.Encode(state.ToName()));

    public static JsonEncodedText Of(TaskState state) => TaskStates[(int)state];

    public static JsonEncodedText Of(StepState state) => StepStates[(int)state];
}
