using System.Text.Json;

namespace Tasker.Json;

/// <summary>Finds members of a JSON object without building a tree.</summary>
internal static class JsonScan
{
    /// <summary>Moves a fresh reader to the value of a top-level member. When a name occurs twice the last one counts.</summary>
    /// <returns><see langword="false"/> when the text is not an object or lacks the member.</returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static bool TryFindMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        var found = default(Utf8JsonReader);
        var any = false;
        if (!JsonStructure.ReadToken(ref reader) || reader.TokenType is not JsonTokenType.StartObject)
            return false;
        while (JsonStructure.ReadToken(ref reader) && reader.TokenType is JsonTokenType.PropertyName)
        {
            var match = reader.ValueTextEquals(name);
            JsonStructure.ReadToken(ref reader);
            if (match)
            {
                found = reader;
                any = true;
            }

            reader.Skip();
        }

        if (any)
            reader = found;
        return any;
    }

    /// <summary>Looks for top-level members. When a name occurs twice the last one counts.</summary>
    /// <returns>The index of the first member that the object lacks, or has <c>null</c> for; -1 when there is none.</returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static int FindMissing(ReadOnlySpan<byte> json, ReadOnlySpan<JsonMember> members)
    {
        if (members.IsEmpty)
            return -1;
        Span<bool> found = members.Length <= 64 ? stackalloc bool[members.Length] : new bool[members.Length];
        var reader = new Utf8JsonReader(json);
        if (JsonStructure.ReadToken(ref reader) && reader.TokenType is JsonTokenType.StartObject)
        {
            while (JsonStructure.ReadToken(ref reader) && reader.TokenType is JsonTokenType.PropertyName)
            {
                var index = 0;
                while (index < members.Length && !reader.ValueTextEquals(members[index].Utf8Name))
                    index++;
                JsonStructure.ReadToken(ref reader);
                if (index < members.Length)
                    found[index] = reader.TokenType is not JsonTokenType.Null;
                reader.Skip();
            }
        }

        return found.IndexOf(false);
    }
}
