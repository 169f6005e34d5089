using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Tasker.Json;

/// <summary>Makes an object of the members that were read.</summary>
/// <typeparam name="T">The object's type.</typeparam>
public delegate T JsonObjectRead<T>(in JsonObjectReader members);

/// <summary>Writes the members of an object.</summary>
/// <typeparam name="T">The object's type.</typeparam>
public delegate void JsonObjectWrite<in T>(in JsonObjectWriter members, T value);

/// <summary>
/// The serializer of a record, class or struct: null, braces, which member came and what is missing. Generated code says which members there are, how an
/// object is made of them, and how they are written. Immutable, safe to share between threads.
/// </summary>
/// <typeparam name="T">The type.</typeparam>
/// <param name="typeName">The type's name in messages.</param>
/// <param name="hasScalar">Whether the object always has a member that is a number, a truth value or the like; see <see cref="JsonStructure.WriteStartObject"/>.</param>
/// <param name="read">Makes an object of the members that came.</param>
/// <param name="write">Writes the members.</param>
/// <param name="codecs">
/// The codecs of the members of kind <c>Value</c>, in their order; <see langword="null"/> when there are none. Asked for once, when the first object is read or written,
/// so that a type may contain itself.
/// </param>
/// <param name="members">
/// The members, in the order that they are usually written in, as <c>name Kind</c>: the name in JSON and a method of <see cref="JsonObjectReader"/>. A <c>!</c> at the end says that
/// the JSON must have the member, a <c>+</c> that the context of a task must, and not as null, a <c>-</c> that it is not read.
/// </param>
public sealed class JsonObjectCodec<T>(
    string typeName, bool hasScalar, JsonObjectRead<T> read, JsonObjectWrite<T> write, Func<JsonCodec[]>? codecs, params string[] members)
    : JsonCodec<T>(typeName, isObject: true)
{
    private readonly JsonMember[] _members = Array.ConvertAll(members, JsonMember.Parse);
    private JsonMember[]? _inputs;
    private JsonCodec?[]? _codecs;

    private JsonMember[] Inputs => _inputs ??= Array.FindAll(_members, static member => member.IsInput);

    private JsonCodec?[] Codecs => _codecs ??= FindCodecs();

    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader)
    {
        if (default(T) is null && reader.TokenType is JsonTokenType.Null)
            return default!;
        return ReadObject(ref reader, isInput: false, out _);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value)
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
    public override void WriteMembers(Utf8JsonWriter writer, T value) => write(new JsonObjectWriter(writer, _members, Codecs), value);

    internal override T ReadInput(ref Utf8JsonReader reader, out bool isComplete) => ReadObject(ref reader, isInput: true, out isComplete);

    internal override string? FindMissingInput(ReadOnlySpan<byte> json)
    {
        var inputs = Inputs;
        return JsonScan.FindMissing(json, inputs) is >= 0 and var missing ? inputs[missing].Name : null;
    }

    private JsonCodec?[] FindCodecs()
    {
        var found = new JsonCodec?[_members.Length];
        var given = codecs?.Invoke() ?? [];
        var next = 0;
        for (var i = 0; i < found.Length; i++)
        {
            if (_members[i].Kind is JsonMemberKind.Value)
                found[i] = given[next++];
        }

        return found;
    }

    private T ReadObject(ref Utf8JsonReader reader, bool isInput, out bool isComplete)
    {
        JsonStructure.ReadStartObject(ref reader, TypeName);
        return _members.Length <= FewValues.Count
            ? ReadFew(ref reader, isInput, out isComplete)
            : ReadMembers(ref reader, new JsonMemberValue[_members.Length], isInput, out isComplete);
    }

    /// <summary>On the stack, in a method of its own, since the stack is cleared for it.</summary>
    private T ReadFew(ref Utf8JsonReader reader, bool isInput, out bool isComplete)
    {
        var values = default(FewValues);
        return ReadMembers(ref reader, values, isInput, out isComplete);
    }

    /// <summary>Values are converted as they come, the same member as often as it comes: a bad one is refused wherever it stands.</summary>
    private T ReadMembers(ref Utf8JsonReader reader, scoped Span<JsonMemberValue> values, bool isInput, out bool isComplete)
    {
        var next = 0;
        while (JsonStructure.ReadMember(ref reader, out var name))
        {
            var member = Find(name, next);
            if (member < 0)
            {
                reader.Skip();
                continue;
            }

            var isNull = reader.TokenType is JsonTokenType.Null;
            ReadValue(ref reader, member, ref values[member]);
            values[member].IsNull = isNull;
            next = member + 1;
        }

        isComplete = true;
        for (var i = 0; i < _members.Length; i++)
        {
            if (_members[i].IsRequired && !values[i].IsSet)
                JsonReadException.ThrowMissing(ref reader, _members[i].Name);
            if (isInput && _members[i].IsInput && (!values[i].IsSet || values[i].IsNull))
                isComplete = false;
        }

        return !isComplete ? default! : read(new JsonObjectReader(values));
    }

    private void ReadValue(ref Utf8JsonReader reader, int member, ref JsonMemberValue value)
    {
        switch (_members[member].Kind)
        {
            case JsonMemberKind.String:
                value.Set(JsonValues.ReadString(ref reader));
                break;
            case JsonMemberKind.Boolean:
                value.Set(JsonValues.ReadBoolean(ref reader));
                break;
            case JsonMemberKind.Byte:
                value.Set(JsonValues.ReadByte(ref reader));
                break;
            case JsonMemberKind.SByte:
                value.Set(JsonValues.ReadSByte(ref reader));
                break;
            case JsonMemberKind.Int16:
                value.Set(JsonValues.ReadInt16(ref reader));
                break;
            case JsonMemberKind.UInt16:
                value.Set(JsonValues.ReadUInt16(ref reader));
                break;
            case JsonMemberKind.Int32:
                value.Set(JsonValues.ReadInt32(ref reader));
                break;
            case JsonMemberKind.UInt32:
                value.Set(JsonValues.ReadUInt32(ref reader));
                break;
            case JsonMemberKind.Int64:
                value.Set(JsonValues.ReadInt64(ref reader));
                break;
            case JsonMemberKind.UInt64:
                value.Set(JsonValues.ReadUInt64(ref reader));
                break;
            case JsonMemberKind.Single:
                value.Set(JsonValues.ReadSingle(ref reader));
                break;
            case JsonMemberKind.Double:
                value.Set(JsonValues.ReadDouble(ref reader));
                break;
            case JsonMemberKind.Decimal:
                value.Set(JsonValues.ReadDecimal(ref reader));
                break;
            case JsonMemberKind.DateTime:
                value.Set(JsonValues.ReadDateTime(ref reader));
                break;
            case JsonMemberKind.DateTimeOffset:
                value.Set(JsonValues.ReadDateTimeOffset(ref reader));
                break;
            case JsonMemberKind.Guid:
                value.Set(JsonValues.ReadGuid(ref reader));
                break;
            default:
                Codecs[member]!.ReadInto(ref reader, ref value);
                break;
        }
    }

    /// <summary>
    /// In the innermost object that is allowed, System.Text.Json counts every value but null as one more level. What the values are is seen
    /// from what is written; a value that nests further is too deep in any case, whatever goes wrong in it. What a member of this object throws is its own.
    /// </summary>
    private void CheckInnermost(T value)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { MaxDepth = 2 }))
        {
            writer.WriteStartObject();
            try
            {
                WriteMembers(writer, value);
            }
            catch (Exception) when (writer.CurrentDepth > 1)
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
    /// <returns>-1 for a member that nobody reads.</returns>
    private int Find(ReadOnlySpan<byte> name, int expected)
    {
        for (var i = expected; i < _members.Length; i++)
        {
            if (name.SequenceEqual(_members[i].Utf8Name))
                return _members[i].IsRead ? i : -1;
        }

        for (var i = 0; i < expected; i++)
        {
            if (name.SequenceEqual(_members[i].Utf8Name))
                return _members[i].IsRead ? i : -1;
        }

        return -1;
    }

    [InlineArray(Count)]
    private struct FewValues
    {
        public const int Count = 16;

        private JsonMemberValue _first;
    }
}
