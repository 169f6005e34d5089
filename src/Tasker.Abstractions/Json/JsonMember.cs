using System.Text;

namespace Tasker.Json;

/// <summary>How a member is read; those with a name of their own are read without a codec.</summary>
internal enum JsonMemberKind
{
    /// <summary>By a codec.</summary>
    Value,
    String,
    Boolean,
    Byte,
    SByte,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Single,
    Double,
    Decimal,
    DateTime,
    DateTimeOffset,
    Guid,
}

/// <summary>A member of a JSON object, as generated code declares it: see <see cref="JsonObjectCodec{T}"/>.</summary>
internal sealed class JsonMember
{
    private JsonMember(string name, JsonMemberKind kind, ReadOnlySpan<char> flags)
    {
        Name = name;
        Utf8Name = Encoding.UTF8.GetBytes(name);
        Kind = kind;
        IsRead = !flags.Contains('-');
        IsRequired = flags.Contains('!');
        IsInput = flags.Contains('+');
    }

    public string Name { get; }

    public byte[] Utf8Name { get; }

    public JsonMemberKind Kind { get; }

    /// <summary>Whether anything is done with the member when it comes.</summary>
    public bool IsRead { get; }

    /// <summary>Whether the JSON must have it.</summary>
    public bool IsRequired { get; }

    /// <summary>Whether the context of a task must have it, and not as null.</summary>
    public bool IsInput { get; }

    /// <summary>Understands <c>name Kind</c>, with flags at its end. A name may contain spaces, a kind may not.</summary>
    public static JsonMember Parse(string declaration)
    {
        var space = declaration.LastIndexOf(' ');
        var kind = declaration.AsSpan(space + 1).TrimEnd("-!+");
        return new JsonMember(declaration[..space], KindOf(kind), declaration.AsSpan(space + 1 + kind.Length));
    }

    private static JsonMemberKind KindOf(ReadOnlySpan<char> kind) => kind switch
    {
        "String" => JsonMemberKind.String,
        "Boolean" => JsonMemberKind.Boolean,
        "Byte" => JsonMemberKind.Byte,
        "SByte" => JsonMemberKind.SByte,
        "Int16" => JsonMemberKind.Int16,
        "UInt16" => JsonMemberKind.UInt16,
        "Int32" => JsonMemberKind.Int32,
        "UInt32" => JsonMemberKind.UInt32,
        "Int64" => JsonMemberKind.Int64,
        "UInt64" => JsonMemberKind.UInt64,
        "Single" => JsonMemberKind.Single,
        "Double" => JsonMemberKind.Double,
        "Decimal" => JsonMemberKind.Decimal,
        "DateTime" => JsonMemberKind.DateTime,
        "DateTimeOffset" => JsonMemberKind.DateTimeOffset,
        "Guid" => JsonMemberKind.Guid,
        "Value" => JsonMemberKind.Value,
        _ => throw new ArgumentException($"'{kind}' is no kind of member. Build with the generator that belongs to this version of Tasker.", nameof(kind)),
    };
}
