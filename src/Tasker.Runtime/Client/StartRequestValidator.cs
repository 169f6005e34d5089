using System.Text;
using System.Text.Json;
using Tasker.Templates;

namespace Tasker.Client;

/// <summary>
/// Checks a request to start a task before an orchestrator sees it: the same rules whoever orchestrates. For implementations of
/// <see cref="ITaskClient"/>. Safe to call from many threads at once.
/// </summary>
/// <param name="schemas">Checks contexts against the templates' <c>input_schema</c>; <see langword="null"/> when the host has no such library.</param>
public sealed class StartRequestValidator(ISchemaValidator? schemas = null)
{
    private const int MaxTextLength = 128;
    private const int MaxKeyLength = 255;
    private const int MaxTags = 32;
    private const int MaxPriority = 100;

    /// <summary>Checks a context that somebody wrote as JSON: that it is one JSON object.</summary>
    /// <exception cref="ValidationException">It is not.</exception>
    public static void CheckJson(TaskTemplate template, ReadOnlySpan<byte> contextJson)
    {
        try
        {
            var reader = new Utf8JsonReader(contextJson);
            if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
                throw new ValidationException($"The context of a task of template '{template}' must be a JSON object, such as {{}}.");
            while (reader.Read())
            {
                // Reading to the end proves that the text is one JSON value and nothing else.
            }
        }
        catch (JsonException exception)
        {
            throw new ValidationException($"The context of a task of template '{template}' is not valid JSON: {exception.Message}", exception);
        }
    }

    /// <summary>Whether the context of a task of this template is checked against its <c>input_schema</c>; <see langword="true"/> when there is none.</summary>
    public bool ChecksSchemaOf(TaskTemplate template)
    {
        ArgumentNullException.ThrowIfNull(template);
        return template.InputSchema is null || schemas is not null;
    }

    /// <summary>Checks the options, and the context against the template's <c>input_schema</c>.</summary>
    /// <param name="template">The workflow.</param>
    /// <param name="contextJson">The task's context, a UTF-8 JSON object.</param>
    /// <param name="options">Who asks and why.</param>
    /// <exception cref="ValidationException">An option is out of range, or the context does not fit; every violation is listed.</exception>
    public void Check(TaskTemplate template, ReadOnlyMemory<byte> contextJson, StartOptions options)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(options);
        CheckOptions(options);
        if (template.InputSchema is { } schema && schemas is not null)
            CheckContext(template, schemas.Validate(schema, contextJson));
    }

    private static void CheckContext(TaskTemplate template, IReadOnlyList<SchemaViolation> violations)
    {
        if (violations.Count == 0)
            return;
        var text = new StringBuilder($"The context does not fit the input_schema of template '{template}':");
        foreach (var violation in violations)
            text.Append('\n').Append(violation.Path).Append(": ").Append(violation.Message);
        throw new ValidationException(text.ToString());
    }

    private static void CheckOptions(StartOptions options)
    {
        if (options.Priority is < -MaxPriority or > MaxPriority)
            throw new ValidationException($"{nameof(StartOptions.Priority)} is {options.Priority}; it must be between {-MaxPriority} and {MaxPriority}.");
        CheckText(options.Initiator, nameof(StartOptions.Initiator));
        CheckText(options.SourceSystem, nameof(StartOptions.SourceSystem));
        CheckText(options.Reason, nameof(StartOptions.Reason));
        CheckTags(options);
        CheckIdentity(options);
    }

    private static void CheckText(string text, string name)
    {
        if (text is null || text.Length > MaxTextLength)
            throw new ValidationException($"{name} {(text is null ? "is null" : $"has {text.Length} characters")}; give at most {MaxTextLength}.");
    }

    private static void CheckTags(StartOptions options)
    {
        if (options.Tags.IsDefaultOrEmpty)
            return;
        if (options.Tags.Length > MaxTags)
            throw new ValidationException($"{nameof(StartOptions.Tags)} has {options.Tags.Length} tags; give at most {MaxTags}.");
        foreach (var tag in options.Tags)
        {
            if (string.IsNullOrEmpty(tag) || tag.Length > MaxTextLength)
                throw new ValidationException($"A tag in {nameof(StartOptions.Tags)} has {tag?.Length ?? 0} characters; give 1 to {MaxTextLength}.");
        }
    }

    private static void CheckIdentity(StartOptions options)
    {
        if (options.Identity is < TaskIdentity.AlwaysUnique or > TaskIdentity.Strict)
            throw new ValidationException($"{nameof(StartOptions.Identity)} is {options.Identity}, which is no {nameof(TaskIdentity)}.");
        if (options.IdempotencyKey is { } key)
        {
            if (options.Identity is TaskIdentity.AlwaysUnique or TaskIdentity.Strict)
            {
                throw new ValidationException(
                    $"{nameof(StartOptions.IdempotencyKey)} means nothing with {nameof(StartOptions.Identity)} {options.Identity}; leave one of them out.");
            }

            if (key.Length is 0 or > MaxKeyLength)
                throw new ValidationException($"{nameof(StartOptions.IdempotencyKey)} has {key.Length} characters; give 1 to {MaxKeyLength}.");
        }
        else if (options.Identity is TaskIdentity.CallerProvided)
        {
            throw new ValidationException(
                $"{nameof(StartOptions.Identity)} is {nameof(TaskIdentity.CallerProvided)}, so {nameof(StartOptions.IdempotencyKey)} must be given.");
        }
    }
}
