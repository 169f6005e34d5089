using System.Collections.Concurrent;
using System.Collections.Frozen;
using Npgsql;
using Tasker.Hosting;
using Tasker.Postgres.Claims;
using Tasker.Postgres.Telemetry;
using Tasker.Telemetry;
using Tasker.Templates;

namespace Tasker.Postgres.Templates;

/// <summary>
/// The stored templates of the steps that came by. A claim names the state in which this cache knows each template, and takes only steps whose template is
/// still in that state; so a step is never claimed with a template that is unreadable or out of date.
/// </summary>
internal sealed class TemplateCache(NpgsqlDataSource database, HostHandlers handlers, TemplateCatalog catalog, SafeLogger<TemplateCache> logger)
{
    private static readonly string ReadRow =
        $"SELECT configuration, updated_at, {ClaimSql.OutOfRange("updated_at")} FROM tasker.named_tasks WHERE named_task_uuid = $1";

    private readonly ConcurrentDictionary<Guid, StoredTemplate> _templates = new();
    private volatile KnownTemplates _known = KnownTemplates.None;

    /// <summary>What is known now, in the form that a claim needs.</summary>
    public KnownTemplates Known => _known;

    public StoredTemplate Get(Guid id) => _templates[id];

    /// <summary>Reads a template again.</summary>
    /// <returns>The template, or <see langword="null"/> when the row is gone or unreadable, which is logged.</returns>
    public async Task<StoredTemplate?> RefreshAsync(Guid id, CancellationToken cancellationToken)
    {
        var stored = await ReadAsync(id, cancellationToken).ConfigureAwait(false);
        if (stored is null)
            _templates.TryRemove(id, out _);
        else
            _templates[id] = stored;
        _known = KnownTemplates.Of([.. _templates.Values]);
        return stored;
    }

    private async Task<StoredTemplate?> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(ReadRow);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    return null;
                var configuration = await reader.IsDBNullAsync(0, cancellationToken).ConfigureAwait(false) ? "null"u8.ToArray() : reader.GetFieldValue<byte[]>(0);
                try
                {
                    if (reader.GetBoolean(2))
                        throw new FormatException("its updated_at is out of range");
                    var template = TemplateReader.Read(configuration);
                    return new StoredTemplate(id, reader.GetDateTime(1), template, Runnable(template));
                }
                catch (FormatException exception)
                {
                    Log.TemplateUnreadable(logger, id, exception.Message);
                    return null;
                }
            }
        }
    }

    /// <summary>
    /// A worker answers for the templates of its own host: a step of theirs without a handler is taken, and fails. Of the templates that others brought
    /// it takes only the steps it has a handler for.
    /// </summary>
    private FrozenDictionary<string, StepDefinition> Runnable(TaskTemplate template)
    {
        var own = catalog.TryGet(template.Namespace, template.Name, template.Version, out _);
        var runnable = new Dictionary<string, StepDefinition>(StringComparer.Ordinal);
        foreach (var step in template.Steps)
        {
            if (StoredTemplate.CanBeFound(step.Name) && (own || handlers.Runs(step)))
                runnable.TryAdd(step.Name, step);
        }

        return runnable.ToFrozenDictionary(StringComparer.Ordinal);
    }
}

/// <summary>Templates in the form of a statement's parameters: the same place in each list is the same template.</summary>
internal sealed record KnownTemplates(Guid[] Ids, DateTime[] UpdatedAt, string[] Steps)
{
    public static KnownTemplates None { get; } = new([], [], []);

    public static KnownTemplates Of(StoredTemplate[] templates) =>
        new([.. templates.Select(one => one.Id)], [.. templates.Select(one => one.UpdatedAt)], [.. templates.Select(one => one.RunnableNames)]);
}
