using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tasker.Json;

/// <summary>Names the place of a byte in a JSON text. Slow; for error messages only.</summary>
public static class JsonPath
{
    /// <summary>The path of the token that begins at or after <paramref name="offset"/>, such as <c>$.items[2].price</c>.</summary>
    public static string At(ReadOnlySpan<byte> json, long offset)
    {
        var reader = new Utf8JsonReader(json);
        var scopes = new List<(bool IsArray, int Index, string Member)>();
        try
        {
            while (reader.Read())
            {
                var token = reader.TokenType;
                if (token is JsonTokenType.EndObject or JsonTokenType.EndArray)
                {
                    // An error at an object's end is about the object itself: a member it lacks.
                    scopes.RemoveAt(scopes.Count - 1);
                    if (reader.TokenStartIndex >= offset)
                        break;
                    continue;
                }

                if (token is JsonTokenType.PropertyName)
                {
                    scopes[^1] = (false, 0, reader.GetString()!);
                    if (reader.TokenStartIndex >= offset)
                        break;
                    continue;
                }

                if (scopes.Count > 0 && scopes[^1] is (true, var index, _))
                    scopes[^1] = (true, index + 1, "");
                if (reader.TokenStartIndex >= offset)
                    break;
                if (token is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    scopes.Add((token is JsonTokenType.StartArray, -1, ""));
            }
        }
        catch (JsonException)
        {
            // Malformed beyond this point: the path so far is the best there is.
        }

        var path = new StringBuilder("$");
        foreach (var (isArray, index, member) in scopes)
        {
            if (isArray)
                path.Append('[').Append(Math.Max(index, 0).ToString(CultureInfo.InvariantCulture)).Append(']');
            else if (member.Length > 0)
                path.Append('.').Append(member);
        }

        return path.ToString();
    }
}
