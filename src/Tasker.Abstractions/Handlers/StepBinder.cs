using System.Collections.Immutable;
using System.Text.Json;
using Tasker.Json;

namespace Tasker.Handlers;

/// <summary>
/// Binds the parameters of a handler for one attempt. Used by generated code, which names a parameter that is bound to JSON by its position among those of the
/// <see cref="MethodAdapter"/>. Whatever is missing or of the wrong kind becomes a <see cref="ValidationException"/> that names the step, the parameter, the JSON path,
/// what was found and what was expected.
/// </summary>
public readonly struct StepBinder
{
    private readonly BoundParameter[] _parameters;

    internal StepBinder(StepContext context, BoundParameter[] parameters)
    {
        Context = context;
        _parameters = parameters;
    }

    /// <summary>The attempt.</summary>
    public StepContext Context { get; }

    /// <summary>Is set when the attempt is to end: at shutdown, when the task is cancelled, or when its time is up.</summary>
    public CancellationToken CancellationToken => Context.CancellationToken;

    /// <summary>The services of the attempt's scope.</summary>
    public IServiceProvider Services => Context.Services;

    /// <summary>Binds a member of the task's context.</summary>
    /// <exception cref="ValidationException">It is missing, null or of the wrong kind.</exception>
    public T Input<T>(int parameter, JsonCodec<T> codec) =>
        TryMember(parameter, codec, Context.Step.TaskContext, InputSource, out var value) ? value : throw Missing(parameter, codec, InputSource);

    /// <summary>Binds a member of the task's context, or a default when it is missing or null.</summary>
    /// <exception cref="ValidationException">It is of the wrong kind.</exception>
    public T InputOr<T>(int parameter, JsonCodec<T> codec, T defaultValue) =>
        TryMember(parameter, codec, Context.Step.TaskContext, InputSource, out var value) ? value : defaultValue;

    /// <summary>Binds a member of the step's configuration.</summary>
    /// <exception cref="ValidationException">It is missing, null or of the wrong kind.</exception>
    public T Config<T>(int parameter, JsonCodec<T> codec) =>
        TryMember(parameter, codec, Context.Step.Configuration, ConfigSource, out var value) ? value : throw Missing(parameter, codec, ConfigSource);

    /// <summary>Binds a member of the step's configuration, or a default when it is missing or null.</summary>
    /// <exception cref="ValidationException">It is of the wrong kind.</exception>
    public T ConfigOr<T>(int parameter, JsonCodec<T> codec, T defaultValue) =>
        TryMember(parameter, codec, Context.Step.Configuration, ConfigSource, out var value) ? value : defaultValue;

    /// <summary>Binds the whole context of the task.</summary>
    /// <exception cref="ValidationException">A required member is missing or null, or a member is of the wrong kind.</exception>
    public T WholeInput<T>(int parameter, JsonCodec<T> codec)
    {
        var json = Context.Step.TaskContext;
        try
        {
            var reader = new Utf8JsonReader(json.Span);
            JsonStructure.ReadToken(ref reader);
            var value = codec.ReadInput(ref reader, out var isComplete);
            if (isComplete)
                return value;
        }
        catch (Exception exception) when (exception is JsonReadException or JsonException)
        {
            if (FindMissingInput(codec, json.Span) is null)
                throw Invalid(parameter, codec, json, InputSource.Noun, exception);
        }

        var member = FindMissingInput(codec, json.Span);
        throw new ValidationException(
            $"Step '{Context.StepName}' needs the input '{member}' for its parameter '{_parameters[parameter].Parameter}', but the task's context has none at $.{member}.");
    }

    /// <returns><see langword="null"/> also when the text is not JSON: then that is what is to be said.</returns>
    private static string? FindMissingInput<T>(JsonCodec<T> codec, ReadOnlySpan<byte> json)
    {
        try
        {
            return codec.FindMissingInput(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Binds the result of another step.</summary>
    /// <exception cref="ValidationException">The step has no result, or null, or one of the wrong kind.</exception>
    public T Step<T>(int parameter, JsonCodec<T> codec) =>
        TryStep(parameter, codec, out var value)
            ? value
            : throw new ValidationException(
                $"Step '{Context.StepName}' needs the result of step '{_parameters[parameter].Name}' for its parameter '{_parameters[parameter].Parameter}', but that step has none. " +
                "Add it to the step's dependencies, or make the parameter nullable when the branch may not be taken.");

    /// <summary>Binds the result of another step, or a default when it has none, such as a branch that was not taken, or null.</summary>
    /// <exception cref="ValidationException">The result is of the wrong kind.</exception>
    public T StepOr<T>(int parameter, JsonCodec<T> codec, T defaultValue) =>
        TryStep(parameter, codec, out var value) ? value : defaultValue;

    /// <summary>Binds the results of all instances of a batch worker.</summary>
    /// <param name="parameter">Names the worker's template step, or is empty for every batch worker among the step's dependencies.</param>
    /// <param name="codec">Reads what each batch returned.</param>
    /// <exception cref="ValidationException">A result is of the wrong kind, or batches were planned and none has a result.</exception>
    public BatchResults<T> Batches<T>(int parameter, JsonCodec<T> codec)
    {
        var analysis = BatchAnalysis.Read(Context.Step, _parameters[parameter].Name);
        var batches = ImmutableArray.CreateBuilder<BatchResult<T>>();
        foreach (var ancestor in Context.Step.Dependencies.All())
        {
            if (analysis.Scenario is BatchScenario.NoBatches || !analysis.Workers.Contains(ancestor.TemplateStep) || BatchOutcomeJson.IsNoOp(ancestor.Result.Span))
                continue;
            var value = ReadResult(parameter, codec, ancestor.Result, ancestor.Step);
            batches.Add(BatchOutcomeJson.Read(BatchAnalysis.BatchId(ancestor), ancestor.Result, value));
        }

        if (analysis.Planned.Count > 0 && batches.Count == 0)
        {
            throw new ValidationException(
                $"Step '{Context.StepName}' has nothing to aggregate for its parameter '{_parameters[parameter].Parameter}': " +
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
    public T Service<T>()
        where T : notnull =>
        (T?)Services.GetService(typeof(T))
        ?? throw new ConfigurationException(
            $"Step '{Context.StepName}' needs the service {typeof(T)}, but the host has none. Register it with the host's service collection.");

    /// <summary>Binds a service that is registered under a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="service">What the host has under it.</param>
    /// <exception cref="ConfigurationException">The host has no such service.</exception>
    public T KeyedService<T>(object? key, T? service)
        where T : notnull =>
        service
        ?? throw new ConfigurationException(
            $"Step '{Context.StepName}' needs the service {typeof(T)} with the key '{key}', but the host has none. Register it under that key with the host's service collection.");

    private bool TryMember<T>(
        int parameter,
        JsonCodec<T> codec,
        ReadOnlyMemory<byte> json,
        Source source,
        out T value)
    {
        try
        {
            var reader = new Utf8JsonReader(json.Span);
            if (JsonScan.TryFindMember(ref reader, _parameters[parameter].Utf8Name) && reader.TokenType is not JsonTokenType.Null)
            {
                value = codec.Read(ref reader);
                return true;
            }
        }
        catch (Exception exception) when (exception is JsonReadException or JsonException)
        {
            throw Invalid(parameter, codec, json, source.Noun, exception);
        }

        value = default!;
        return false;
    }

    private bool TryStep<T>(int parameter, JsonCodec<T> codec, out T value)
    {
        if (!Context.Step.Dependencies.TryGet(_parameters[parameter].Name, out var json))
        {
            value = default!;
            return false;
        }

        value = ReadResult(parameter, codec, json, _parameters[parameter].Name);
        return value is not null;
    }

    private T ReadResult<T>(int parameter, JsonCodec<T> codec, ReadOnlyMemory<byte> json, string step)
    {
        try
        {
            return codec.FromResult(json.Span);
        }
        catch (Exception exception) when (exception is JsonReadException or JsonException)
        {
            throw Invalid(parameter, codec, json, $"result of step '{step}'", exception);
        }
    }

    private ValidationException Missing<T>(int parameter, JsonCodec<T> codec, Source source) =>
        new($"Step '{Context.StepName}' needs the {source.Noun} '{_parameters[parameter].Name}' ({codec.TypeName}) for its parameter '{_parameters[parameter].Parameter}', " +
            $"but {source.Owner} has none at $.{_parameters[parameter].Name}.");

    private ValidationException Invalid<T>(int parameter, JsonCodec<T> codec, ReadOnlyMemory<byte> json, string source, Exception exception)
    {
        var start = $"Step '{Context.StepName}' cannot bind its parameter '{_parameters[parameter].Parameter}' ({codec.TypeName}) from the {source}";
        return exception is JsonReadException read
            ? new ValidationException($"{start} at {JsonPath.At(json.Span, read.Offset)}: expected {read.Expected}, found {read.Found}.", exception)
            : new ValidationException($"{start}: {exception.Message}", exception);
    }

    private static readonly Source InputSource = new("input", "the task's context");
    private static readonly Source ConfigSource = new("configuration value", "the step's configuration");

    private readonly record struct Source(string Noun, string Owner);
}
