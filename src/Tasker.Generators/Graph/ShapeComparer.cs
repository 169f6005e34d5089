using Tasker.Generators.Json;

namespace Tasker.Generators.Graph;

/// <summary>
/// Compares what one step writes with what another reads: member names, kinds of JSON values, required members. Types need not be the same,
/// because steps meet in JSON.
/// </summary>
/// <param name="models">The types of the assembly by class name.</param>
/// <param name="isCarried">Whether the written value travels inside a decision, a plan or a batch result, which write members of their own.</param>
internal sealed class ShapeComparer(IReadOnlyDictionary<string, JsonTypeModel> models, bool isCarried)
{
    /// <summary>What Tasker itself writes beside the value of a decision, a plan or a batch result.</summary>
    private static readonly HashSet<string> FrameworkMembers = new(StringComparer.Ordinal)
    {
        "batch_metadata", "batch_processing_outcome", "decision_point_outcome", "items_failed", "items_processed", "items_skipped",
        "items_succeeded", "last_cursor", "reason", "total_items", "worker_count",
    };

    private readonly HashSet<(string, string)> _compared = [];

    /// <returns>Why a value of <paramref name="written"/> does not fit <paramref name="read"/>, or <see langword="null"/> when it does.</returns>
    public string? FindMismatch(TypeRef written, TypeRef read) => Compare(written, read, "");

    private string? Compare(TypeRef written, TypeRef read, string path)
    {
        written = written.Underlying ?? written;
        read = read.Underlying ?? read;
        if (written.Shape is JsonShape.Any || read.Shape is JsonShape.Any || written.TypeName == read.TypeName)
            return null;
        if (written.Shape != read.Shape && !(written.Shape is JsonShape.Integer && read.TakesNumbers))
            return $"{Place(path)} is written as {Noun(written.Shape)} and read as {Noun(read.Shape)}";
        if (written.ModelName is null || read.ModelName is null || !_compared.Add((written.ModelName, read.ModelName)))
            return null;
        if (!models.TryGetValue(written.ModelName, out var writtenModel) || !models.TryGetValue(read.ModelName, out var readModel))
            return null;
        return (writtenModel, readModel) switch
        {
            (JsonObjectModel from, JsonObjectModel to) => Members(from, to, path),
            (JsonObjectModel from, JsonDictionaryModel to) => Values(from, to, path),
            (JsonDictionaryModel from, JsonDictionaryModel to) => Compare(from.Value, to.Value, path + ".*"),
            (JsonCollectionModel from, JsonCollectionModel to) => Compare(from.Element, to.Element, path + "[]"),
            _ => null,
        };
    }

    private string? Members(JsonObjectModel written, JsonObjectModel read, string path)
    {
        foreach (var member in read.Members)
        {
            if (!member.IsRead)
                continue;
            var memberPath = path.Length == 0 ? member.JsonName : $"{path}.{member.JsonName}";
            if (Find(written, member.JsonName) is { } source)
            {
                if (Compare(source.Type, member.Type, memberPath) is { } mismatch)
                    return mismatch;
            }
            else if (IsNeeded(member, read) && !(path.Length == 0 && isCarried && FrameworkMembers.Contains(member.JsonName)))
            {
                return $"'{memberPath}' is read but not written";
            }
        }

        return null;
    }

    private string? Values(JsonObjectModel written, JsonDictionaryModel read, string path)
    {
        foreach (var member in written.Members)
        {
            if (member.IsWritten && Compare(member.Type, read.Value, path.Length == 0 ? member.JsonName : $"{path}.{member.JsonName}") is { } mismatch)
                return mismatch;
        }

        return null;
    }

    private static JsonMember? Find(JsonObjectModel written, string name)
    {
        foreach (var member in written.Members)
        {
            if (member.IsWritten && member.JsonName == name)
                return member;
        }

        return null;
    }

    /// <summary>A missing member is a mistake unless the reader has said what it does without.</summary>
    private static bool IsNeeded(JsonMember member, JsonObjectModel read) =>
        member.IsRequired
        || (member.ParameterIndex >= 0 && !member.AllowsNull && member.Type.Underlying is null && !read.Parameters[member.ParameterIndex].HasDefault);

    private static string Place(string path) => path.Length == 0 ? "the result" : $"'{path}'";

    /// <summary>What a value looks like, for messages.</summary>
    public static string Noun(JsonShape shape) => shape switch
    {
        JsonShape.Boolean => "a boolean",
        JsonShape.Integer => "an integer",
        JsonShape.Number => "a number",
        JsonShape.Text => "a string",
        JsonShape.Array => "an array",
        _ => "an object",
    };
}
