using Npgsql;

namespace Tasker.Postgres.Fixture;

/// <summary>One statement each, with its parameters in order.</summary>
public static class Queries
{
    /// <summary>Runs a statement.</summary>
    public static async Task<int> ExecuteAsync(this NpgsqlDataSource database, string sql, params object?[] values)
    {
        var command = Command(database, sql, values);
        await using (command.ConfigureAwait(false))
            return await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    /// <summary>Runs a query for one value.</summary>
    public static async Task<T> ScalarAsync<T>(this NpgsqlDataSource database, string sql, params object?[] values)
    {
        var command = Command(database, sql, values);
        await using (command.ConfigureAwait(false))
            return (T)(await command.ExecuteScalarAsync().ConfigureAwait(false))!;
    }

    /// <summary>Runs a query for rows.</summary>
    public static async Task<List<T>> QueryAsync<T>(this NpgsqlDataSource database, string sql, Func<NpgsqlDataReader, T> read, params object?[] values)
    {
        ArgumentNullException.ThrowIfNull(read);
        var rows = new List<T>();
        var command = Command(database, sql, values);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync().ConfigureAwait(false))
                    rows.Add(read(reader));
            }
        }

        return rows;
    }

    private static NpgsqlCommand Command(NpgsqlDataSource database, string sql, object?[] values)
    {
        ArgumentNullException.ThrowIfNull(database);
        var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        return command;
    }
}
