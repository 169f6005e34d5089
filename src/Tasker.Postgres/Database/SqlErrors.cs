using Npgsql;

namespace Tasker.Postgres.Database;

/// <summary>What the server's error codes mean for a worker (protocol sheet, Appendix C).</summary>
internal static class SqlErrors
{
    /// <summary>The part of the server that keeps notifications. Their queue being full has the code of too much data, and passes.</summary>
    private const string NotificationQueue = "async.c";

    /// <summary>The statement can never succeed with these values: data that a column cannot hold, or too much of it.</summary>
    public static bool IsAboutTheData(Exception exception) => exception is PostgresException { SqlState: var state, File: not NotificationQueue }
        && (state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("54", StringComparison.Ordinal));

    /// <summary>A queue or a table is missing.</summary>
    public static bool IsMissingTable(Exception exception) => exception is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable };

    /// <summary>
    /// Another worker did the same at the same moment, such as one of tasker-core's own that has inserted the same transition: a lost race, no fault
    /// (protocol sheet §4.3).
    /// </summary>
    public static bool IsLostRace(Exception exception) => exception is PostgresException { SqlState: var state }
        && (state is PostgresErrorCodes.UniqueViolation || state.StartsWith("40", StringComparison.Ordinal));

    /// <summary>Others did the same at the same time, or the connection is gone: the same statement can succeed a moment later.</summary>
    public static bool IsPassing(Exception exception) => exception switch
    {
        PostgresException { SqlState: var state } => state is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable or "XX000"
            || state.StartsWith("40", StringComparison.Ordinal)
            || state.StartsWith("08", StringComparison.Ordinal)
            || state.StartsWith("53", StringComparison.Ordinal)
            || state.StartsWith("57", StringComparison.Ordinal),
        NpgsqlException or TimeoutException or IOException => true,
        _ => false,
    };
}
