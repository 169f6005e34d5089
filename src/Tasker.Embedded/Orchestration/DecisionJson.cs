using System.Text.Json;

namespace Tasker.Embedded.Orchestration;

/// <summary>Reads a stored decision (protocol sheet §8.4).</summary>
internal static class DecisionJson
{
    /// <summary>The names in <c>decision_point_outcome.step_names</c>; none when the result holds no such thing.</summary>
    public static IReadOnlyList<string> ReadStepNames(ReadOnlySpan<byte> result)
    {
        var reader = new Utf8JsonReader(result);
        var names = new List<string>();
        if (!FindMember(ref reader, "decision_point_outcome"u8) || !FindMember(ref reader, "step_names"u8, entered: true))
            return names;
        while (reader.Read() && reader.TokenType is JsonTokenType.String)
            names.Add(reader.GetString()!);
        return names;
    }

    private static bool FindMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> name, bool entered = false)
    {
        if (!entered && !reader.Read())
            return false;
        if (reader.TokenType is not JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var match = reader.ValueTextEquals(name);
            reader.Read();
            if (match)
                return true;
            reader.Skip();
        }

        return false;
    }
}
