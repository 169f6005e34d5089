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

    /// <summary>
    /// The API tells when a task was created and how each attempt of its steps ended, in one request for each step; the transitions between are only in the
    /// database (<see cref="QueueTaskClient"/>).
    /// </summary>
    public override async ValueTask<TaskHistory?> GetHistoryAsync(Guid taskId, CancellationToken cancellationToken = default)
    {
        if (await GetAsync(taskId, cancellationToken).ConfigureAwait(false) is not { } task)
            return null;
        var entries = new List<HistoryEntry> { new() { At = task.CreatedAt, To = TaskState.Pending.ToName() } };
        foreach (var step in task.Steps)
        {
            using var audit = await rest
                .SendAsync(HttpMethod.Get, $"v1/tasks/{taskId}/workflow_steps/{step.StepId}/audit", null, mayBeMissing: true, cancellationToken)
                .ConfigureAwait(false);
            if (audit is not null)
                entries.AddRange(TaskReader.Attempts(step.Name, audit.RootElement));
        }

        return new TaskHistory { TaskId = taskId, Entries = [.. entries.OrderBy(entry => entry.At)] };
    }

    /// <summary>An entry does not name its template, so each task of the page is asked for as well. Where a page begins is what follows the one before.</summary>
    public override async ValueTask<DeadLetterPage> ListDeadLettersAsync(DeadLetterFilter? filter = null, CancellationToken cancellationToken = default)
    {
        filter ??= new DeadLetterFilter();
        if (filter.PageSize is < 1 or > TaskFilter.MaxPageSize)
            throw new ValidationException($"{nameof(DeadLetterFilter.PageSize)} is {filter.PageSize}; give 1 to {TaskFilter.MaxPageSize}.");
        var offset = filter.After is null ? 0
            : int.TryParse(filter.After, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw new ValidationException($"{nameof(DeadLetterFilter.After)} is '{filter.After}', which ends no page of tasker-core's.");
        if (filter.TaskId is { } taskId)
            return new DeadLetterPage { DeadLetters = offset > 0 ? [] : await OfTaskAsync(taskId, filter.Statuses, cancellationToken).ConfigureAwait(false) };
        if (filter.Statuses is { IsDefault: false, Length: > 1 })
            throw new ValidationException($"tasker-core cannot list dead letters by more than one of {nameof(DeadLetterFilter.Statuses)}; give one, or none for all.");

        var found = await ReadDeadLettersAsync(filter.Statuses.IsDefaultOrEmpty ? null : filter.Statuses[0], filter.PageSize, offset, cancellationToken).ConfigureAwait(false);
        return new DeadLetterPage
        {
            DeadLetters = [.. await NamedAsync(found, cancellationToken).ConfigureAwait(false)],
            Next = found.Count < filter.PageSize ? null : (offset + found.Count).ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>The answer does not hold the entry, so it is looked for afterwards.</summary>
    public override async ValueTask<DeadLetter> ResolveDeadLetterAsync(Guid entryId, DeadLetterResolution resolution, CancellationToken cancellationToken = default)
    {
        DeadLetterReader.Check(resolution);
        using (var answer = await WithStatusAsync(
            resolution.Status,
            name => rest.SendAsync(HttpMethod.Patch, $"v1/dlq/entry/{entryId}", Body(resolution, name), mayBeMissing: true, cancellationToken)).ConfigureAwait(false))
        {
            if (answer is null)
                throw new KeyNotFoundException($"There is no dead letter {entryId}.");
        }

        for (var offset = 0; ; offset += MaxPageSize)
        {
            var page = await ReadDeadLettersAsync(resolution.Status, MaxPageSize, offset, cancellationToken).ConfigureAwait(false);
            if (page.Find(one => one.EntryId == entryId) is { } closed)
                return (await NamedAsync([closed], cancellationToken).ConfigureAwait(false))[0];
            if (page.Count < MaxPageSize)
                throw new KeyNotFoundException($"The dead letter {entryId} was closed, and is no longer listed.");
        }
    }

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

    private async Task<ImmutableArray<DeadLetter>> OfTaskAsync(Guid taskId, ImmutableArray<DeadLetterStatus> statuses, CancellationToken cancellationToken)
    {
        using var answer = await rest.SendAsync(HttpMethod.Get, $"v1/dlq/task/{taskId}", null, mayBeMissing: true, cancellationToken).ConfigureAwait(false);
        if (answer is null)
            return [];
        var entry = DeadLetterReader.Read(answer.RootElement);
        return statuses.IsDefaultOrEmpty || statuses.Contains(entry.Status) ? [.. await NamedAsync([entry], cancellationToken).ConfigureAwait(false)] : [];
    }

    private async Task<List<DeadLetter>> ReadDeadLettersAsync(DeadLetterStatus? status, int size, int offset, CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"v1/dlq?limit={size}&offset={offset}");
        using var answer = await WithStatusAsync(
            status,
            name => rest.SendAsync(HttpMethod.Get, name is null ? path : $"{path}&resolution_status={name}", null, mayBeMissing: false, cancellationToken)).ConfigureAwait(false);
        return [.. answer!.RootElement.EnumerateArray().Select(DeadLetterReader.Read)];
    }

    /// <summary>The server's documentation and its code spell a status differently; if one spelling is refused, the other is tried.</summary>
    private static async Task<JsonDocument?> WithStatusAsync(DeadLetterStatus? status, Func<string?, Task<JsonDocument?>> send)
    {
        if (status is not { } given)
            return await send(null).ConfigureAwait(false);
        try
        {
            return await send(DeadLetterReader.Name(given)).ConfigureAwait(false);
        }
        catch (ValidationException)
        {
            return await send(given.ToString()).ConfigureAwait(false);
        }
    }

    private async Task<List<DeadLetter>> NamedAsync(List<DeadLetter> entries, CancellationToken cancellationToken)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            using var task = await rest.SendAsync(HttpMethod.Get, $"v1/tasks/{entries[i].TaskId}", null, mayBeMissing: true, cancellationToken).ConfigureAwait(false);
            if (task is not null)
            {
                var root = task.RootElement;
                entries[i] = entries[i] with { Namespace = TaskReader.Text(root, "namespace"), Name = TaskReader.Text(root, "name"), Version = TaskReader.Text(root, "version") };
            }
        }

        return entries;
    }

    private static byte[] Body(DeadLetterResolution resolution, string? status)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("resolution_status"u8, status);
            writer.WriteString("resolution_notes"u8, resolution.Notes);
            writer.WriteString("resolved_by"u8, resolution.ResolvedBy);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
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
