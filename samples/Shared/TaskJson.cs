using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tasker.Client;

namespace Tasker.Samples;

/// <summary>A task as one line of JSON, for other programs.</summary>
internal static class TaskJson
{
    /// <summary>The line is for pipes and people, never for HTML: quotes and non-ASCII text stay as they are.</summary>
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes <c>state</c>, <c>steps</c> and what <paramref name="more"/> adds.</summary>
    public static string Write(TaskSnapshot task, Action<Utf8JsonWriter> more)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            more(json);
            json.WriteString("task_id", task.TaskId);
            json.WriteString("state", task.State.ToName());
            json.WriteStartArray("steps");
            foreach (var step in task.Steps)
                Write(json, step);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter json, StepSnapshot step)
    {
        json.WriteStartObject();
        json.WriteString("name", step.Name);
        json.WriteString("state", step.State.ToName());
        json.WriteNumber("attempts", step.Attempts);
        json.WriteString("error", step.Failure?.Message);
        json.WriteEndObject();
    }
}
