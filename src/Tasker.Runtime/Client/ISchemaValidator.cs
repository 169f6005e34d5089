namespace Tasker.Client;

/// <summary>
/// Checks JSON against a JSON schema. Tasker has no schema library of its own; a package, or the application, adds one as a service. Without one
/// schemas are not checked, and the log says so once at start. Implementations are safe to call from many threads at once.
/// </summary>
public interface ISchemaValidator
{
    /// <summary>Finds everything in which a value does not fit a schema.</summary>
    /// <param name="schema">The JSON schema, as JSON text. The same text comes again and again, so compile it once.</param>
    /// <param name="json">The value, UTF-8 JSON.</param>
    /// <returns>The violations; empty when the value fits.</returns>
    /// <exception cref="ConfigurationException">The schema itself is not one.</exception>
    IReadOnlyList<SchemaViolation> Validate(string schema, ReadOnlyMemory<byte> json);
}

/// <summary>One thing in which a value does not fit its schema.</summary>
/// <param name="Path">Where, as a JSON path such as <c>$.items[2].sku</c>.</param>
/// <param name="Message">What is wrong there.</param>
public readonly record struct SchemaViolation(string Path, string Message);
