using System.Collections.Immutable;
using System.Text.Json;
using Tasker.Json;

namespace Tasker.Handlers;

/// <summary>
/// Binds handler parameters. Called by generated code. Whatever is missing or of the wrong kind becomes a
/// <see cref="ValidationException"/> that names the step, the parameter, the JSON path, what was found and what was expected.
/// </summary>
public static class StepBinding
{
    /// <summary>Binds a member of the task's context.</summary>
    /// <exception cref="ValidationException">It is missing, null or of the wrong kind.</exception>
    public static T Input<T>(StepContext context, BoundParameter parameter, JsonCodec<T> codec) =>
        TryMember(context, parameter, codec, context.Step.TaskContext, InputSource, out var value) ? value : throw Missing(context, parameter, codec, InputSource);

    /// <summary>Binds a member of the task's context, or a default when it is missing or null.</summary>
    /// <exception cref="ValidationException">It is of the wrong kind.</exception>
    public static T InputOr<T>(StepContext context, BoundParameter parameter, JsonCodec<T> codec, T defaultValue) =>
        TryMember(context, parameter, codec, context.Step.TaskContext, InputSource, out var value) ? value : defaultValue;

    /// <summary>Binds a member of the step's configuration.</summary>
    /// <exception cref="ValidationException">It is missing, null or of the wrong kind.</exception>
    public static T Config<T>(StepContext context, BoundParameter parameter, JsonCodec<T> codec) =>
        TryMember(context, parameter, codec, context.Step.Configuration, ConfigSource, out var value) ? value : throw Missing(context, parameter, codec, ConfigSource);

    /// <summary>Binds a member of the step's configuration, or a default when it is missing or null.</summary>
    /// <exception cref="ValidationException">It is of the wrong kind.</exception>
    public static T ConfigOr<T>(StepContext context, BoundParameter parameter, JsonCodec<T> codec, T defaultValue) =>
        TryMember(context, parameter, codec, context.Step.Configuration, ConfigSource, out var value) ? value : defaultValue;

    /// <summary>Binds the whole context of the task.</summary>
    /// <exception cref="ValidationException">A required member is missing or null, or a member is of the wrong kind.</exception>
    public static T WholeInput<T>(StepContext context, BoundParameter parameter, JsonCodec<T> codec)
    {
        var json = context.Step.TaskContext;
        if (JsonScan.FindMissing(json.Span, parameter.Utf8RequiredMembers) is >= 0 and var missing)
        {
            var member = parameter.RequiredMembers[missing];
            throw new ValidationException(
                $"Step '{context.StepName}' needs the input '{member}' for its parameter '{parameter.Parameter}', but the task's context has none at $.{member}.");
        }

        return ReadWhole(context, parameter, codec, json, InputSource);
    }

    /// <summary>Binds the result of another step.</summary>
    /// <exception cref="ValidationException">The step has no result, or one of the wrong kind.</exception>
    public static T Step<T>(StepContext context, BoundParameter parameter, JsonCodec<T> codec) =>
        TryStep(context, parameter, codec, out var value)
            ? value
            : throw new ValidationException(
                $"Step '{context.StepName}' needs the result of step '{parameter.Name}' for its parameter '{parameter.Parameter}', but that step has none. " +
                "Add it to the step's dependencies, or make the parameter nullable when the branch may not be taken.");

    /// <summary>Binds the result of another step, or a default when it has none, such as a branch that was not taken.</summary>
    /// <exception cref="ValidationException">The result is of the wrong kind.</exception>
    public static T StepOr<T>(StepContext context, BoundParameter parameter, JsonCodec<T> codec, T defaultValue) =>
        TryStep(context, parameter, codec, out var value) ? value : defaultValue;

    /// <summary>Binds the results of all instances of a batch worker.</summary>
    /// <param name="context">The attempt.</param>
    /// <param name="parameter">Names the worker's template step, or is empty for every batch worker among the step's dependencies.</param>
    /// <param name="codec">Reads what each batch returned.</param>
    /// <exception cref="ValidationException">A result is of the wrong kind, or batches were planned and none has a result.</exception>
    public static BatchResults<T> Batches<T>(StepContext context, BoundParameter parameter, JsonCodec<T> codec)
    {
        var analysis = BatchAnalysis.Read(context.Step, parameter.Name);
        var batches = ImmutableArray.CreateBuilder<BatchResult<T>>();
        foreach (var ancestor in context.Step.Dependencies.All())
        {
            if (analysis.Scenario is BatchScenario.NoBatches || !analysis.Workers.Contains(ancestor.TemplateStep) || BatchOutcomeJson.IsNoOp(ancestor.Result.Span))
                continue;
            var source = new Source($"result of step '{ancestor.Step}'");
            var value = ReadResult(context, parameter, codec, ancestor.Result, source);
            batches.Add(BatchOutcomeJson.Read(BatchAnalysis.BatchId(ancestor), ancestor.Result, value));
        }

        if (analysis.Planned.Count > 0 && batches.Count == 0)
        {
            throw new ValidationException(
                $"Step '{context.StepName}' has nothing to aggregate for its parameter '{parameter.Parameter}': " +
                $"{analysis.Planned.Count} batches of {string.Join(", ", analysis.Workers.Select(worker => $"'{worker}'"))} were planned, and none has a result.");
        }

        var done = batches.Select(batch => batch.BatchId!).ToHashSet(StringComparer.Ordinal);
        return new BatchResults<T>(
            batches.ToImmutable(),
            batches.Count > 0 ? BatchScenario.WithBatches : analysis.Scenario,
            [.. analysis.Planned.Where(id => !done.Contains(id))]);
    }

    /// <summary>Binds a service.</summary>
    /// <exception cref="ConfigurationException">The host has no such service.</exception>
    public static T Service<T>(StepContext context)
        where T : notnull =>
        (T?)context.Services.GetService(typeof(T))
        ?? throw new ConfigurationException(
            $"Step '{context.StepName}' needs the service {typeof(T)}, but the host has none. Register it with the host's service collection.");

    /// <summary>Binds a service that is registered under a key.</summary>
    /// <param name="context">The step.</param>
    /// <param name="key">The key.</param>
    /// <param name="service">What the host has under it.</param>
    /// <exception cref="ConfigurationException">The host has no such service.</exception>
    public static T KeyedService<T>(StepContext context, object? key, T? service)
        where T : notnull =>
        service
        ?? throw new ConfigurationException(
            $"Step '{context.StepName}' needs the service {typeof(T)} with the key '{key}', but the host has none. Register it under that key with the host's service collection.");

    private static bool TryMember<T>(
        StepContext context,
        BoundParameter parameter,
        JsonCodec<T> codec,
        ReadOnlyMemory<byte> json,
        Source source,
        out T value)
    {
        try
        {
            var reader = new Utf8JsonReader(json.Span);
            if (JsonScan.TryFindMember(ref reader, parameter.Utf8Name) && reader.TokenType is not JsonTokenType.Null)
            {
                value = codec.Read(ref reader);
                return true;
            }
        }
        catch (Exception exception) when (exception is JsonReadException or JsonException)
        {
            throw Invalid(context, parameter, codec, json, source, exception);
        }

        value = default!;
        return false;
    }

    private static bool TryStep<T>(StepContext context, BoundParameter parameter, JsonCodec<T> codec, out T value)
    {
        if (!context.Step.Dependencies.TryGet(parameter.Name, out var json))
        {
            value = default!;
            return false;
        }

        value = ReadResult(context, parameter, codec, json, new Source($"result of step '{parameter.Name}'"));
        return true;
    }

    /// <summary>A value that is not an object travels as <c>{"result": value}</c>.</summary>
    private static T ReadResult<T>(StepContext context, BoundParameter parameter, JsonCodec<T> codec, ReadOnlyMemory<byte> json, Source source)
    {
        if (codec.IsObject || typeof(T) == typeof(JsonElement))
            return ReadWhole(context, parameter, codec, json, source);
        try
        {
            var reader = new Utf8JsonReader(json.Span);
            if (!JsonScan.TryFindMember(ref reader, "result"u8))
                throw Invalid(context, parameter, codec, json, source, new JsonReadException($"a member 'result' with a {codec.TypeName}", "an object without it", 0));
            return codec.Read(ref reader);
        }
        catch (Exception exception) when (exception is JsonReadException or JsonException)
        {
            throw Invalid(context, parameter, codec, json, source, exception);
        }
    }

    private static T ReadWhole<T>(StepContext context, BoundParameter parameter, JsonCodec<T> codec, ReadOnlyMemory<byte> json, Source source)
    {
        try
        {
            var reader = new Utf8JsonReader(json.Span);
            reader.Read();
            return codec.Read(ref reader);
        }
        catch (Exception exception) when (exception is JsonReadException or JsonException)
        {
            throw Invalid(context, parameter, codec, json, source, exception);
        }
    }

    private static ValidationException Missing<T>(StepContext context, BoundParameter parameter, JsonCodec<T> codec, Source source) =>
        new($"Step '{context.StepName}' needs the {source.Noun} '{parameter.Name}' ({codec.TypeName}) for its parameter '{parameter.Parameter}', " +
            $"but {source.Owner} has none at $.{parameter.Name}.");

    private static ValidationException Invalid<T>(
        StepContext context,
        BoundParameter parameter,
        JsonCodec<T> codec,
        ReadOnlyMemory<byte> json,
        Source source,
        Exception exception)
    {
        var start = $"Step '{context.StepName}' cannot bind its parameter '{parameter.Parameter}' ({codec.TypeName}) from the {source.Noun}";
        return exception is JsonReadException read
            ? new ValidationException($"{start} at {JsonPath.At(json.Span, read.Offset)}: expected {read.Expected}, found {read.Found}.", exception)
            : new ValidationException($"{start}: {exception.Message}", exception);
    }

    private static readonly Source InputSource = new("input", "the task's context");
    private static readonly Source ConfigSource = new("configuration value", "the step's configuration");

    private readonly record struct Source(string Noun, string Owner = "");
}
