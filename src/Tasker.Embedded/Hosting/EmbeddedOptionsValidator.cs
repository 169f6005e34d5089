using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Tasker.Embedded.Hosting;

internal sealed class EmbeddedOptionsValidator : IValidateOptions<EmbeddedOptions>
{
    public ValidateOptionsResult Validate(string? name, EmbeddedOptions options)
    {
        if (options.FinishedTasksInMemory < 0)
            return Fail($"{nameof(EmbeddedOptions.FinishedTasksInMemory)} is {options.FinishedTasksInMemory}; it must be 0 or more.");
        if (options.KeepFinishedTasks is { } keep && keep <= TimeSpan.Zero)
            return Fail($"{nameof(EmbeddedOptions.KeepFinishedTasks)} is {keep}; it must be positive, or null to keep all.");
        if (options.Durability is not (CommitDurability.Full or CommitDurability.Normal))
            return Fail($"{nameof(EmbeddedOptions.Durability)} is {options.Durability}; it must be {nameof(CommitDurability.Full)} or {nameof(CommitDurability.Normal)}.");
        if (options.ConnectionString is null)
            return ValidateOptionsResult.Success;
        try
        {
            var connection = new SqliteConnectionStringBuilder(options.ConnectionString);
            if (connection.DataSource.Length == 0 || connection.DataSource == ":memory:" || connection.Mode is SqliteOpenMode.Memory)
            {
                return Fail(
                    $"{nameof(EmbeddedOptions.ConnectionString)} '{options.ConnectionString}' names no file. " +
                    "Give 'Data Source=tasker.db', or call UseEmbeddedInMemory().");
            }

            if (connection.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase) || connection.DataSource.StartsWith('|') || Path.EndsInDirectorySeparator(connection.DataSource))
            {
                return Fail(
                    $"{nameof(EmbeddedOptions.ConnectionString)} '{options.ConnectionString}' gives no path of a file. " +
                    "Give the path itself, as in 'Data Source=data/tasker.db'.");
            }

            if (connection.Password.Length > 0)
                return Fail($"{nameof(EmbeddedOptions.ConnectionString)} has a password, but the engine's SQLite does not encrypt. Leave it out, and protect the file.");
        }
        catch (ArgumentException exception)
        {
            return Fail($"{nameof(EmbeddedOptions.ConnectionString)} '{options.ConnectionString}' is not valid: {exception.Message} An example is 'Data Source=tasker.db'.");
        }

        return ValidateOptionsResult.Success;
    }

    private static ValidateOptionsResult Fail(string message) => ValidateOptionsResult.Fail($"{nameof(EmbeddedOptions)}.{message}");
}
