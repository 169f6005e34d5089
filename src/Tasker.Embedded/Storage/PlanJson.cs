using System.Buffers;
using System.Text;
using System.Text.Json;
using Tasker.Embedded.Orchestration;
using Tasker.Templates;

namespace Tasker.Embedded.Storage;

/// <summary>The steps that tasks of a template begin with, as the file keeps them: once, not once a task.</summary>
internal static class PlanJson
{
    public static string Write(TaskPlan plan)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var step in plan.Initial)
            {
                writer.WriteStartObject();
                writer.WriteString("name"u8, step.Name);
                writer.WriteString("template_step"u8, step.Node.Name);
                writer.WriteString("type"u8, step.Node.Type.ToName());
                writer.WriteNumber("max_attempts"u8, step.Node.Definition.Retry.MaxAttempts);
                writer.WriteStartArray("dependencies"u8);
                foreach (var parent in step.ParentNames)
                    writer.WriteStringValue(parent);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static byte[] WriteNames(IEnumerable<string> names)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var name in names)
                writer.WriteStringValue(name);
            writer.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static PlannedStep[] Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(step => new PlannedStep(
            step.GetProperty("name").GetString()!,
            step.GetProperty("template_step").GetString()!,
            StepTypeNames.Parse(step.GetProperty("type").GetString()!),
            step.GetProperty("max_attempts").GetInt32(),
            ReadNames(step.GetProperty("dependencies"))))];
    }

    public static string[] ReadNames(JsonElement names) => [.. names.EnumerateArray().Select(name => name.GetString()!)];
}

/// <summary>A step of a stored plan.</summary>
internal sealed record PlannedStep(string Name, string TemplateStep, StepType Type, int MaxAttempts, string[] Dependencies);
