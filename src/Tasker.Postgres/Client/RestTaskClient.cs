using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tasker.Client;
using Tasker.Hosting;
using Tasker.Templates;

namespace Tasker.Postgres.Client;

/// <summary>tasker-core's REST API as applications see it (protocol sheet §10.1-§10.6).</summary>
internal sealed class RestTaskClient(RestConnection rest, TaskerCoreClientOptions options, StartRequestValidator validator, TemplateCatalog? catalog, TimeProvider time)
    : PollingTaskClient(validator, options.PollInterval, time)
{
    private const int MaxPageSize = 100;

    public override async ValueTask<TaskSnapshot?> GetAsync(Guid taskId, CancellationToken cancellationToken = default)
    {
        using var task = await rest.SendAsync(HttpMethod.Get, $"v1/tasks/{taskId}", null, mayBeMissing: true, cancellationToken).ConfigureAwait(false);
        if (task is null)
            return null;
        using var steps = await rest.SendAsync(HttpMethod.Get, $"v1/tasks/{taskId}/workflow_steps", null, mayBeMissing: false, cancellationToken).ConfigureAwait(false);
        return TaskReader.Snapshot(task.RootElement, steps!.RootElement, catalog);
    }

    /// <summary>Pages are numbered; the number of the next is what follows the page.</summary>
    public override async ValueTask<TaskPage> ListAsync(TaskFilter? filter = null, CancellationToken cancellationToken = default)
    {
        filter ??= new TaskFilter();
        CheckFilter(filter);
        var page = filter.After is null ? 1
            : int.TryParse(filter.After, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
            : throw new ValidationException($"{nameof(TaskFilter.After)} is '{filter.After}', which is no page of tasker-core's.");
        var size = Math.Min(filter.PageSize, MaxPageSize);
        var query = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"v1/tasks?page={page}&per_page={size}"));
        Append(query, "namespace", filter.Namespace);
        Append(query, "status", filter.States.IsDefaultOrEmpty ? null : filter.States[0].ToName());
        Append(query, "initiator", filter.Initiator);
        Append(query, "source_system", filter.SourceSystem);

        using var answer = await rest.SendAsync(HttpMethod.Get, query.ToString(), null, mayBeMissing: false, cancellationToken).ConfigureAwait(false);
        var tasks = answer!.RootElement.GetProperty("tasks").EnumerateArray().Select(TaskReader.Summary).ToImmutableArray();
        return new TaskPage { Tasks = tasks, Next = tasks.Length < size ? null : (page + 1).ToString(CultureInfo.InvariantCulture) };
    }

    public override ValueTask<TaskHistory?> GetHistoryAsync(Guid taskId, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("tasker-core's REST API does not tell the history of a task; a client with the database does (UseTaskerCoreQueueClient).");

    public override async ValueTask<TaskSnapshot> CancelAsync(Guid taskId, CancellationToken cancellationToken = default)
    {
        try
        {
            using var answer = await rest.SendAsync(HttpMethod.Delete, $"v1/tasks/{taskId}", null, mayBeMissing: true, cancellationToken).ConfigureAwait(false);
            if (answer is null)
                throw Unknown(taskId);
        }
        catch (Exception exception) when (exception is DuplicateTaskException or ValidationException)
        {
            if (await GetAsync(taskId, cancellationToken).ConfigureAwait(false) is { State: TaskState.Cancelled } cancelled)
                return cancelled;
            throw new TaskStateException(taskId, $"Task {taskId} cannot be cancelled: {exception.Message}", exception);
        }

        return await GetAsync(taskId, cancellationToken).ConfigureAwait(false) ?? throw Unknown(taskId);
    }

    public override async ValueTask<TaskSnapshot> ResolveStepAsync(Guid taskId, StepName step, StepResolution resolution, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resolution);
        var task = await GetAsync(taskId, cancellationToken).ConfigureAwait(false) ?? throw Unknown(taskId);
        var found = task.FindStep(step.Value) ?? throw new KeyNotFoundException($"Task {taskId} has no step '{step}'.");
        try
        {
            using var answer = await rest
                .SendAsync(HttpMethod.Patch, $"v1/tasks/{taskId}/workflow_steps/{found.StepId}", Body(resolution), mayBeMissing: false, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (DuplicateTaskException exception)
        {
            throw new TaskStateException(taskId, $"Step '{step}' of task {taskId} is in '{found.State.ToName()}': {exception.Message}", exception);
        }

        return await GetAsync(taskId, cancellationToken).ConfigureAwait(false) ?? throw Unknown(taskId);
    }

    protected override async ValueTask<TaskHandle> SubmitAsync(TaskTemplate template, ReadOnlyMemory<byte> context, StartOptions options, CancellationToken cancellationToken)
    {
        var body = TaskRequestJson.Write(template, context, options, options.CorrelationId ?? Guid.CreateVersion7(), Time.GetUtcNow());
        try
        {
            using var answer = await rest.SendAsync(HttpMethod.Post, "v1/tasks", body, mayBeMissing: false, cancellationToken).ConfigureAwait(false);
            return new TaskHandle(this, answer!.RootElement.GetProperty("task_uuid").GetGuid());
        }
        catch (NotFoundException exception)
        {
            throw new NotFoundException($"tasker-core does not know the template '{template}': start a worker that registers it first. ({exception.Message})", exception);
        }
        catch (DuplicateTaskException exception)
        {
            throw new DuplicateTaskException(
                null,
                $"tasker-core runs a context once for a template, and '{template}' has had this one, whatever {nameof(StartOptions.Identity)} says: put something " +
                $"into the context that tells the two apart. ({exception.Message})",
                exception);
        }
    }

    /// <summary>What tasker-core cannot filter by is refused, not ignored.</summary>
    private static void CheckFilter(TaskFilter filter)
    {
        if (filter.PageSize is < 1 or > TaskFilter.MaxPageSize)
            throw new ValidationException($"{nameof(TaskFilter.PageSize)} is {filter.PageSize}; give 1 to {TaskFilter.MaxPageSize}.");
        var refused = filter.Name is not null ? nameof(TaskFilter.Name)
            : filter.Version is not null ? nameof(TaskFilter.Version)
            : filter.CreatedFrom is not null ? nameof(TaskFilter.CreatedFrom)
            : filter.CreatedBefore is not null ? nameof(TaskFilter.CreatedBefore)
            : filter.CorrelationId is not null ? nameof(TaskFilter.CorrelationId)
            : filter.ParentCorrelationId is not null ? nameof(TaskFilter.ParentCorrelationId)
            : filter.Tag is not null ? nameof(TaskFilter.Tag)
            : filter.States is { IsDefault: false, Length: > 1 } ? "more than one of " + nameof(TaskFilter.States)
            : null;
        if (refused is not null)
            throw new ValidationException($"tasker-core cannot list tasks by {refused}; it can by namespace, one state, initiator and source system.");
    }

    private static byte[] Body(StepResolution resolution)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            var (action, by) = resolution.Kind switch
            {
                StepResolutionKind.ResetForRetry => ("reset_for_retry", "reset_by"),
                StepResolutionKind.ResolveManually => ("resolve_manually", "resolved_by"),
                _ => ("complete_manually", "completed_by"),
            };
            writer.WriteString("action_type"u8, action);
            if (resolution.Kind is StepResolutionKind.CompleteManually)
            {
                writer.WriteStartObject("completion_data"u8);
                writer.WritePropertyName("result"u8);
                writer.WriteRawValue(resolution.Result.Span);
                writer.WriteEndObject();
            }

            writer.WriteString("reason"u8, resolution.Reason);
            writer.WriteString(by, resolution.By);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Append(StringBuilder query, string name, string? value)
    {
        if (value is not null)
            query.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }

    private static KeyNotFoundException Unknown(Guid taskId) => new($"There is no task {taskId}.");
}
