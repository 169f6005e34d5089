using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Tasker.Json;

/// <summary>
/// What the serializers of all records, classes and structs share: null, braces, and finding out which member came. Generated classes add the
/// members themselves.
/// </summary>
/// <typeparam name="T">The type.</typeparam>
/// <param name="typeName">The type's name in messages.</param>
/// <param name="hasScalar">Whether the object always has a member that is a number, a truth value or the like; see <see cref="JsonStructure.WriteStartObject"/>.</param>
/// <param name="members">The names of the members that can be read, in the order that they are usually written in.</param>
public abstract class JsonObjectCodec<T>(string typeName, bool hasScalar, params string[] members) : JsonCodec<T>(typeName, isObject: true)
{
    private readonly byte[][] _members = Array.ConvertAll(members, Encoding.UTF8.GetBytes);

    /// <inheritdoc/>
    public sealed override T Read(ref Utf8JsonReader reader)
    {
        if (default(T) is null && reader.TokenType is JsonTokenType.Null)
            return default!;
        JsonStructure.ReadStartObject(ref reader, TypeName);
        return ReadMembers(ref reader);
    }

    /// <inheritdoc/>
    public sealed override void Write(Utf8JsonWriter writer, T value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value is null)
        {
            writer.WriteNullValue();
            return;
        }

        JsonStructure.WriteStartObject(writer, hasScalar);
        if (writer.CurrentDepth == JsonStructure.MaxDepth)
            CheckInnermost(value);
        WriteMembers(writer, value);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public abstract override void WriteMembers(Utf8JsonWriter writer, T value);

    /// <summary>Reads the members and makes the object. The reader stands on the opening brace; on return it stands on the closing one.</summary>
    protected abstract T ReadMembers(ref Utf8JsonReader reader);

    /// <summary>Moves to the value of the next member that is known; others are skipped.</summary>
    /// <param name="reader">Stands on the opening brace, or on the last token of the member before.</param>
    /// <param name="member">The position of the member before in the list of names, at first -1; becomes that of this one.</param>
    /// <returns><see langword="false"/> at the object's end.</returns>
    protected bool Next(ref Utf8JsonReader reader, ref int member)
    {
        while (JsonStructure.ReadMember(ref reader, out var name))
        {
            var found = Find(name, member + 1);
            if (found >= 0)
            {
                member = found;
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    /// <summary>
    /// In the innermost object that is allowed, System.Text.Json counts every value but null as one more level. What the values are is seen
    /// from what is written; a value that nests further is too deep in any case.
    /// </summary>
    private void CheckInnermost(T value)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { MaxDepth = 1 }))
        {
            writer.WriteStartObject();
            try
            {
                WriteMembers(writer, value);
            }
            catch (InvalidOperationException)
            {
                JsonStructure.ThrowTooDeep();
            }

            writer.WriteEndObject();
        }

        var reader = new Utf8JsonReader(json.WrittenSpan);
        reader.Read();
        while (JsonStructure.ReadMember(ref reader, out _))
        {
            if (reader.TokenType is not JsonTokenType.Null)
                JsonStructure.ThrowTooDeep();
        }
    }

    /// <summary>Looks first where the member is when all come in their usual order.</summary>
    private int Find(ReadOnlySpan<byte> name, int expected)
    {
        for (var i = expected; i < _members.Length; i++)
        {
            if (name.SequenceEqual(_members[i]))
                return i;
        }

        for (var i = 0; i < expected; i++)
        {
            if (name.SequenceEqual(_members[i]))
                return i;
        }

        return -1;
    }
}
