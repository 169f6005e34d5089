using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using NJsonSchema;
using NJsonSchema.Validation;
using Tasker.Client;

namespace Tasker;

/// <summary>Checks JSON with NJsonSchema. Each schema is compiled once.</summary>
internal sealed class JsonSchemaValidator : ISchemaValidator
{
    private readonly ConcurrentDictionary<string, JsonSchema> _schemas = new(StringComparer.Ordinal);

    public IReadOnlyList<SchemaViolation> Validate(string schema, ReadOnlyMemory<byte> json)
    {
        try
        {
            var errors = _schemas.GetOrAdd(schema, Compile).Validate(Encoding.UTF8.GetString(json.Span));
            return [.. errors.SelectMany(Flatten).Distinct()];
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // Such as references that go in a circle, and a pattern that is none: the library sees them when it needs them.
            throw NoSchema(exception);
        }
    }

    private static JsonSchema Compile(string schema)
    {
        try
        {
            // The text refers to nothing outside of itself, so nothing is waited for.
            return JsonSchema.FromJsonAsync(schema, null!, static root => new InnerReferences(root)).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is Newtonsoft.Json.JsonException or InvalidOperationException or ArgumentException or NotSupportedException)
        {
            throw NoSchema(exception);
        }
    }

    private static ConfigurationException NoSchema(Exception exception) =>
        new($"The input_schema is not a JSON schema: {(exception.InnerException as NotSupportedException ?? exception).Message}", exception);

    /// <summary>An item or a property whose own schema is violated is reported by what is wrong inside.</summary>
    private static IEnumerable<SchemaViolation> Flatten(ValidationError error)
    {
        if (error.Kind is ValidationErrorKind.ArrayItemNotValid or ValidationErrorKind.AdditionalPropertiesNotValid &&
            error is ChildSchemaValidationError { Errors.Count: > 0 } child)
        {
            return child.Errors.Values.SelectMany(inner => inner).SelectMany(Flatten);
        }

        return [new SchemaViolation(PathOf(error), MessageOf(error))];
    }

    private static string PathOf(ValidationError error)
    {
        var path = (error.Path ?? "").TrimStart('#').TrimStart('/');
        return path.Length == 0 ? "$" : path.StartsWith('[') ? "$" + path : "$." + path;
    }

    private static string MessageOf(ValidationError error)
    {
        var schema = error.Schema.ActualSchema;
        return error.Kind switch
        {
            ValidationErrorKind.PropertyRequired => "is required",
            ValidationErrorKind.NoAdditionalPropertiesAllowed => "is not a member that the schema knows",
            ValidationErrorKind.NumberTooSmall => Text($"must be {Bound(schema.Minimum, schema.ExclusiveMinimum, schema.IsExclusiveMinimum, "at least", "greater than")}"),
            ValidationErrorKind.NumberTooBig => Text($"must be {Bound(schema.Maximum, schema.ExclusiveMaximum, schema.IsExclusiveMaximum, "at most", "less than")}"),
            ValidationErrorKind.StringTooShort => Text($"must have at least {schema.MinLength} characters"),
            ValidationErrorKind.StringTooLong => Text($"must have at most {schema.MaxLength} characters"),
            ValidationErrorKind.PatternMismatch => $"must match the pattern {schema.Pattern}",
            ValidationErrorKind.NotInEnumeration => $"must be one of {string.Join(", ", schema.Enumeration)}",
            ValidationErrorKind.TooFewItems => Text($"must have at least {schema.MinItems} items"),
            ValidationErrorKind.TooManyItems => Text($"must have at most {schema.MaxItems} items"),
            ValidationErrorKind.ItemsNotUnique => "must not have the same item twice",
            ValidationErrorKind.StringExpected => "must be a string",
            ValidationErrorKind.NumberExpected => "must be a number",
            ValidationErrorKind.IntegerExpected => "must be an integer",
            ValidationErrorKind.BooleanExpected => "must be true or false",
            ValidationErrorKind.ObjectExpected => "must be an object",
            ValidationErrorKind.ArrayExpected => "must be an array",
            ValidationErrorKind.NullExpected => "must be null",
            _ => Words(error.Kind.ToString()),
        };
    }

    private static string Bound(decimal? bound, decimal? exclusiveBound, bool isExclusive, string atBound, string beyond) =>
        exclusiveBound is { } outside ? Text($"{beyond} {outside}") : Text($"{(isExclusive ? beyond : atBound)} {bound}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>The library's own name of the violation, as words.</summary>
    private static string Words(string kind)
    {
        var words = new StringBuilder("violates the schema:");
        foreach (var letter in kind)
            words.Append(char.IsUpper(letter) ? " " : "").Append(char.ToLowerInvariant(letter));
        return words.ToString();
    }
}
