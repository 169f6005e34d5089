using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Models;

/// <summary>A type that crosses a step boundary, as expressions.</summary>
/// <param name="Type">The type, as source writes it, without a nullable reference annotation.</param>
/// <param name="Codec">The expression of its codec.</param>
/// <param name="IsObject">Whether its values are JSON objects.</param>
/// <param name="IsElement">Whether it is a <c>JsonElement</c>, so that only the value itself knows.</param>
/// <param name="IsNullable">Whether a value may be null, as a reference or a nullable value.</param>
/// <param name="IsReference">Whether it is a reference type.</param>
/// <param name="IsPublic">Whether other assemblies can see it.</param>
/// <param name="RequiredMembers">The JSON names of the members that an object must have.</param>
internal sealed record ValueModel(
    string Type,
    string Codec,
    bool IsObject,
    bool IsElement,
    bool IsNullable,
    bool IsReference,
    bool IsPublic,
    EquatableArray<string> RequiredMembers)
{
    /// <summary>A statement that writes a value.</summary>
    public string Write(string writer, string value) => $"{Codec}.Write({writer}, {value});";

    /// <summary>A statement that writes an object's members.</summary>
    public string WriteMembers(string writer, string value) => $"{Codec}.WriteMembers!({writer}, {value});";
}
