using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Models;

/// <summary>A template as its file says, without places: a comment or an empty line does not change it.</summary>
internal sealed record TemplateModel(
    string Name,
    string Namespace,
    string Version,
    string? Description,
    MetadataModel? Metadata,
    SystemsModel? Systems,
    EquatableArray<DomainEventModel> DomainEvents,
    EquatableArray<StepModel> Steps,
    string? InputSchema,
    EquatableArray<InputModel> Inputs,
    LifecycleModel? Lifecycle,
    EquatableArray<EnvironmentModel> Environments)
{
    /// <summary>Whether the file cannot be read to its end, so that steps and dependencies which seem to be missing may be there.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>namespace/name/version, which no two templates may share.</summary>
    public string Identity => $"{Namespace}/{Name}/{Version}";
}

/// <summary>A step. <see cref="Type"/> is a member of <c>Tasker.Templates.StepType</c>; times are milliseconds; <see cref="Results"/> are the members of its <c>result_schema</c>.</summary>
internal sealed record StepModel(
    string Name,
    string? Description,
    string Type,
    string Callable,
    string? Method,
    string? Resolver,
    string? Configuration,
    EquatableArray<string> Dependencies,
    RetryModel? Retry,
    long? Timeout,
    string? SystemDependency,
    BatchModel? Batch,
    EquatableArray<EventModel> Events,
    string? ResultSchema,
    EquatableArray<InputModel> Results,
    string? Composition);

/// <summary>Who made a template and where it is described.</summary>
internal sealed record MetadataModel(string? Author, EquatableArray<string> Tags, string? DocumentationUrl, string? CreatedAt, string? UpdatedAt);

/// <summary>The external systems of a workflow; what is <see langword="null"/> keeps its default.</summary>
internal sealed record SystemsModel(string? Primary, EquatableArray<string> Secondary);

/// <summary>A domain event that a workflow describes.</summary>
internal sealed record DomainEventModel(string Name, string? Description, string? Schema);

/// <summary>A retry policy; what is <see langword="null"/> keeps its default. Times are milliseconds.</summary>
internal sealed record RetryModel(bool? Retryable, long? MaxAttempts, string? Backoff, long? BackoffBase, long? MaxBackoff);

/// <summary>Batch settings.</summary>
internal sealed record BatchModel(long BatchSize, long Parallelism, string CursorField, string WorkerTemplate, string FailureStrategy);

/// <summary>A domain event.</summary>
internal sealed record EventModel(string Name, string Description, string Condition, string Delivery, string Schema, string? Publisher);

/// <summary>Staleness limits; times are milliseconds.</summary>
internal sealed record LifecycleModel(
    long? MaxDuration,
    long? MaxWaitingForDependencies,
    long? MaxWaitingForRetry,
    long? MaxStepsInProcess,
    string? StalenessAction,
    bool? AutoFailOnTimeout,
    bool? AutoDlqOnTimeout);

/// <summary>What one environment changes.</summary>
internal sealed record EnvironmentModel(string Name, EquatableArray<StepOverrideModel> Steps);

/// <summary>What one environment changes about one step, or about all of them.</summary>
internal sealed record StepOverrideModel(string Step, string? Configuration, long? Timeout, RetryModel? Retry);

/// <summary>A member of an <c>input_schema</c> or <c>result_schema</c>, or of the context that handlers read; objects have members of their own.</summary>
internal sealed record InputModel(string JsonName, InputType Type, bool IsArray, bool IsRequired, string? Description, EquatableArray<InputModel> Members)
{
    /// <summary>The type that handlers read it as; never a <see cref="Nullable{T}"/>, since <see cref="IsRequired"/> says that.</summary>
    public ValueModel? Value { get; init; }
}

/// <summary>What a member becomes in C#.</summary>
internal enum InputType
{
    Element,
    String,
    Int64,
    Double,
    Decimal,
    Boolean,
    Object,

    /// <summary>What <see cref="InputModel.Value"/> says.</summary>
    Value,
}
