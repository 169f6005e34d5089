using Npgsql;

namespace Tasker.Postgres.Database;

/// <summary>
/// Reads connection strings: Npgsql's own form, and the URLs that tasker-core's <c>DATABASE_URL</c> holds. Adds what a session needs that
/// tasker-core's statements run in (protocol sheet §1.1).
/// </summary>
internal static class ConnectionText
{
    /// <summary>The sheet's functions and its audit trigger name tables without a schema.</summary>
    private const string SearchPath = "tasker,public";

    /// <summary>
    /// All statements look up a few rows by key. Told so, the planner neither plans anew for each execution nor turns to whole-table plans where its
    /// figures are behind, as they are when a table has just grown.
    /// </summary>
    private const string Planning =
        "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_memoize=off -c jit=off -c max_parallel_workers_per_gather=0";

    /// <summary>
    /// For claims whose messages lie in the same database: a server that crashes may forget the last of them, and then it has the message and the enqueued
    /// step as before, and the step runs again, as it does when a worker dies. What is completed is flushed, and its claim with it.
    /// </summary>
    private const string Forgetful = "-c synchronous_commit=off";

    /// <exception cref="ArgumentException">The text is neither.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text) => Parse(text, Planning);

    /// <summary>Connections whose commits do not wait for the disk.</summary>
    public static NpgsqlConnectionStringBuilder ForClaims(string text) => Parse(text, $"{Planning} {Forgetful}");

    private static NpgsqlConnectionStringBuilder Parse(string text, string settings)
    {
        var builder = IsUrl(text) ? FromUrl(text) : new NpgsqlConnectionStringBuilder(text);
        if (string.IsNullOrEmpty(builder.Host))
            throw new ArgumentException("it names no host");

        builder.SearchPath ??= SearchPath;
        // Every timestamp of tasker-core is UTC without a zone; NOW() is converted with the session's zone.
        builder.Timezone = "UTC";
        builder.ApplicationName ??= "tasker-dotnet";
        builder.Options = string.IsNullOrEmpty(builder.Options) ? settings : $"{settings} {builder.Options}";
        // No statement leaves anything behind in its session that would have to be cleared.
        builder.NoResetOnClose = true;
        if (builder.MaxAutoPrepare == 0)
        {
            builder.MaxAutoPrepare = 32;
            builder.AutoPrepareMinUsages = 2;
        }

        return builder;
    }

    /// <summary>A connection that stays open and is not shared: it listens or holds a lock, and notices when the network has gone.</summary>
    public static NpgsqlConnectionStringBuilder ForStanding(string text)
    {
        var builder = Parse(text);
        builder.Pooling = false;
        if (builder.KeepAlive == 0)
            builder.KeepAlive = 15;
        return builder;
    }

    private static bool IsUrl(string text) =>
        text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase);

    private static NpgsqlConnectionStringBuilder FromUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
            throw new ArgumentException("it is not a valid URL");

        var user = url.UserInfo.Split(':', 2);
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = Uri.UnescapeDataString(url.Host.Trim('[', ']')),
            Port = url.Port > 0 ? url.Port : NpgsqlConnection.DefaultPort,
        };
        if (user[0].Length > 0)
            builder.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1)
            builder.Password = Uri.UnescapeDataString(user[1]);
        if (url.AbsolutePath.Trim('/') is { Length: > 0 } database)
            builder.Database = Uri.UnescapeDataString(database);
        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
            Apply(builder, pair.Split('=', 2));
        return builder;
    }

    /// <summary>The parameters that libpq and sqlx know by other names.</summary>
    private static void Apply(NpgsqlConnectionStringBuilder builder, string[] pair)
    {
        var value = Uri.UnescapeDataString(pair.Length > 1 ? pair[1] : "");
        switch (pair[0])
        {
            case "sslmode" or "ssl-mode":
                builder.SslMode = Enum.TryParse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var mode)
                    ? mode
                    : throw new ArgumentException($"'{value}' is not a value of sslmode");
                break;
            case "sslrootcert" or "ssl-root-cert":
                builder.RootCertificate = value;
                break;
            case "application_name":
                builder.ApplicationName = value;
                break;
            case "connect_timeout":
                builder.Timeout = int.TryParse(value, out var seconds) ? seconds : throw new ArgumentException($"connect_timeout '{value}' is not a number of seconds");
                break;
            case "options":
                builder.Options = $"{builder.Options} {value}".TrimStart();
                break;
            case ['o', 'p', 't', 'i', 'o', 'n', 's', '[', .. var setting, ']']:
                builder.Options = $"{builder.Options} -c {setting}={value}".TrimStart();
                break;
            case "host" or "hostaddr":
                builder.Host = value;
                break;
            case "port":
                builder.Port = int.TryParse(value, out var port) ? port : throw new ArgumentException($"port '{value}' is not a number");
                break;
            case "user":
                builder.Username = value;
                break;
            case "password":
                builder.Password = value;
                break;
            case "dbname":
                builder.Database = value;
                break;
            case "sslcert" or "ssl-cert":
                builder.SslCertificate = value;
                break;
            case "sslkey" or "ssl-key":
                builder.SslKey = value;
                break;
            case "statement-cache-capacity":
                // Of sqlx's own cache.
                break;
            default:
                throw new ArgumentException($"the parameter '{pair[0]}' is not known; use Npgsql's form, such as 'Host=...;Database=...'");
        }
    }
}
