using Microsoft.Extensions.Logging;
using Npgsql;
using Tasker.Postgres.Telemetry;

namespace Tasker.Postgres.Database;

/// <summary>Makes pools of connections, and single ones that stay open.</summary>
internal static class DataSources
{
    /// <param name="text">The connection, in Npgsql's form or as a URL.</param>
    /// <param name="loggers">The logs.</param>
    public static NpgsqlDataSource Pooled(string text, ILoggerFactory loggers) => Create(ConnectionText.Parse(text), loggers);

    /// <inheritdoc cref="Pooled"/>
    public static NpgsqlDataSource Claims(string text, ILoggerFactory loggers) => Create(ConnectionText.ForClaims(text), loggers);

    /// <inheritdoc cref="Pooled"/>
    public static NpgsqlDataSource Standing(string text, ILoggerFactory loggers) => Create(ConnectionText.ForStanding(text), loggers);

    /// <summary>Only what is needed is linked in: arrays for the batches, and encryption.</summary>
    private static NpgsqlDataSource Create(NpgsqlConnectionStringBuilder connection, ILoggerFactory loggers)
    {
        var builder = new NpgsqlSlimDataSourceBuilder(connection.ConnectionString);
        builder.EnableArrays();
        builder.EnableTransportSecurity();
        builder.UseLoggerFactory(new SafeLoggers(loggers));
        return builder.Build();
    }
}
