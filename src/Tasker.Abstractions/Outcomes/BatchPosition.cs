using System.Globalization;
using System.Text;
using System.Text.Json;
using Tasker.Json;

namespace Tasker;

/// <summary>
/// A position in what batches count: an integer, a string, a timestamp or any other JSON value (protocol sheet §5.3). Two positions are equal when
/// their JSON is, character by character. Immutable.
/// </summary>
public readonly struct BatchPosition : IEquatable<BatchPosition>
{
    private readonly long _number;
    private readonly byte[]? _json;

    private BatchPosition(long number) => _number = number;

    private BatchPosition(byte[] json) => _json = json;

    /// <summary>Whether the position is an integer of 64 bits.</summary>
    public bool IsInt64 => _json is null;

    /// <summary>The kind of JSON value.</summary>
    public JsonValueKind Kind => _json is null ? JsonValueKind.Number : ToElement().ValueKind;

    /// <summary>An integer, such as a row number.</summary>
    public static implicit operator BatchPosition(long value) => new(value);

    /// <summary>A string, such as the last key of a page.</summary>
    public static implicit operator BatchPosition(string value) => FromText(value);

    /// <summary>A timestamp, in ISO 8601.</summary>
    public static implicit operator BatchPosition(DateTimeOffset value) => FromTime(value);

    /// <summary>An integer, such as a row number.</summary>
    public static BatchPosition FromInt64(long value) => new(value);

    /// <summary>A string, such as the last key of a page.</summary>
    public static BatchPosition FromText(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return From(value, JsonCodecs.String);
    }

    /// <summary>A timestamp, in ISO 8601.</summary>
    public static BatchPosition FromTime(DateTimeOffset value) => From(value, JsonCodecs.DateTimeOffset);

    /// <summary>A JSON value, such as an object of several keys.</summary>
    public static BatchPosition FromElement(JsonElement value) => value switch
    {
        { ValueKind: JsonValueKind.Undefined } => throw new ArgumentException("A position cannot be undefined.", nameof(value)),
        { ValueKind: JsonValueKind.Number } when value.TryGetInt64(out var number) => new BatchPosition(number),
        _ => new BatchPosition(Encoding.UTF8.GetBytes(value.GetRawText())),
    };

    /// <summary>A value of a type with a codec.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    public static BatchPosition From<T>(T value, JsonCodec<T> codec)
    {
        ArgumentNullException.ThrowIfNull(codec);
        return value is long number ? new BatchPosition(number) : FromElement(JsonElement.Parse(codec.ToUtf8(value)));
    }

    /// <summary>The integer.</summary>
    /// <exception cref="FormatException">The position is not an integer.</exception>
    public long ToInt64() => _json is null ? _number : throw new FormatException($"The position {this} is not an integer.");

    /// <summary>The position as a JSON value.</summary>
    public JsonElement ToElement() => JsonElement.Parse(_json ?? Encoding.UTF8.GetBytes(ToString()));

    /// <summary>Reads the position as a type with a codec.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <exception cref="JsonReadException">The position is something else.</exception>
    public T Read<T>(JsonCodec<T> codec)
    {
        ArgumentNullException.ThrowIfNull(codec);
        return codec.FromUtf8(_json ?? Encoding.UTF8.GetBytes(ToString()));
    }

    /// <summary>Writes the position as a JSON value.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (_json is null)
            writer.WriteNumberValue(_number);
        else
            writer.WriteRawValue(_json, skipInputValidation: true);
    }

    /// <inheritdoc/>
    public bool Equals(BatchPosition other) =>
        _json is null || other._json is null
            ? _json is null && other._json is null && _number == other._number
            : _json.AsSpan().SequenceEqual(other._json);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BatchPosition other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        if (_json is null)
            return _number.GetHashCode();
        var hash = default(HashCode);
        hash.AddBytes(_json);
        return hash.ToHashCode();
    }

    /// <summary>Whether two positions are equal.</summary>
    public static bool operator ==(BatchPosition left, BatchPosition right) => left.Equals(right);

    /// <summary>Whether two positions differ.</summary>
    public static bool operator !=(BatchPosition left, BatchPosition right) => !left.Equals(right);

    /// <summary>The position's JSON.</summary>
    public override string ToString() => _json is null ? _number.ToString(CultureInfo.InvariantCulture) : Encoding.UTF8.GetString(_json);

    /// <summary>What is wrong with two positions as the ends of one batch.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    internal static string? WhatIsWrongWith(BatchPosition start, BatchPosition end)
    {
        if (start.IsInt64 != end.IsInt64)
            return $"one of its positions {start} and {end} is an integer, the other is not";
        if (!start.IsInt64)
            return null;
        if (start._number < 0)
            return $"it starts at {start}, before 0";
        return start._number > end._number ? $"it starts at {start}, after its end {end}" : null;
    }
}
