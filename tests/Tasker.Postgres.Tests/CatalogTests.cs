using System.Text.RegularExpressions;
using Npgsql;
using Tasker.Postgres.Tests.Support;

namespace Tasker.Postgres.Tests;

/// <summary>
/// The tables, constraints, indexes and functions that the other tests run against are those of a migrated tasker-core 0.1.8 database, whose catalog is in
/// the folder <c>Catalog</c>.
/// </summary>
public sealed partial class CatalogTests(Databases databases)
{
    private const string Columns = """
        SELECT c.relname, a.attnum::text, a.attname, CASE WHEN t.typtype = 'e' THEN t.typname ELSE format_type(a.atttypid, a.atttypmod) END,
            CASE WHEN a.attnotnull THEN 'NO' ELSE 'YES' END, COALESCE(pg_get_expr(d.adbin, d.adrelid), '')
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'tasker'::regnamespace AND c.relkind = 'r'
        """;

    private const string Constraints = """
        SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
        WHERE c.relnamespace = 'tasker'::regnamespace AND k.contype IN ('p', 'u', 'f', 'c')
        """;

    private const string Indexes = """
        SELECT c.relname, i.relname, regexp_replace(pg_get_indexdef(i.oid), '^CREATE (UNIQUE )?INDEX .*? USING ', '\1')
        FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid WHERE c.relnamespace = 'tasker'::regnamespace
        """;

    private const string Functions = """
        SELECT p.pronamespace::regnamespace::text, p.proname, pg_get_function_identity_arguments(p.oid), pg_get_function_result(p.oid)
        FROM pg_proc p WHERE p.pronamespace IN ('tasker'::regnamespace, 'pgmq'::regnamespace)
        """;

    private const string QueueColumns = """
        SELECT replace(c.relname, $1, 'demo'), a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NO' ELSE 'YES' END,
            COALESCE(pg_get_expr(d.adbin, d.adrelid), '')
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.oid IN ('pgmq.meta'::regclass, ('pgmq.q_worker_' || $1 || '_queue')::regclass, ('pgmq.a_worker_' || $1 || '_queue')::regclass)
        """;

    /// <summary>What workers, clients, the stand-in orchestrator and these tests call; the rest of tasker-core's functions is its orchestrator's.</summary>
    private static readonly string[] Called =
    [
        "pgmq.archive", "pgmq.create", "pgmq.delete", "pgmq.drop_queue", "pgmq.read", "pgmq.send", "pgmq.send_batch", "pgmq.set_vt",
        "tasker.create_step_result_audit", "tasker.extract_queue_namespace", "tasker.get_step_transitive_dependencies", "tasker.pgmq_auto_add_headers_trigger",
        "tasker.pgmq_ensure_headers_column", "tasker.pgmq_notify_queue_created", "tasker.pgmq_payload_size_threshold", "tasker.pgmq_read_specific_message",
        "tasker.pgmq_send_batch_with_notify", "tasker.pgmq_send_with_notify", "tasker.uuid_generate_v7",
    ];

    [Theory]
    [InlineData("tasker-schema-columns", Columns)]
    [InlineData("tasker-schema-constraints", Constraints)]
    [InlineData("tasker-schema-indexes", Indexes)]
    public async Task Tables_are_those_of_a_migrated_database(string catalog, string query)
    {
        var (expected, tables) = (Read(catalog), Read("tasker-schema-columns").Select(row => row[..row.IndexOf('|', StringComparison.Ordinal)]).ToHashSet());

        var actual = (await QueryAsync(query)).Where(row => tables.Contains(row[..row.IndexOf('|', StringComparison.Ordinal)]));

        AssertSame(expected, actual);
    }

    [Fact]
    public async Task Functions_have_the_signatures_of_a_migrated_database()
    {
        var expected = Read("tasker-schema-functions");

        var actual = (await QueryAsync(Functions)).Where(IsCalled);

        AssertSame(expected.Where(IsCalled), actual);
    }

    [Fact]
    public async Task Queues_have_the_columns_of_PGMQ()
    {
        var flow = new CoreFlow().Step("only");
        await using var host = await CoreHost.StartAsync(databases.Shared, flow);

        var actual = await QueryAsync(QueueColumns, flow.Namespace);

        AssertSame(Read("pgmq-schema-columns"), actual);
    }

    private static bool IsCalled(string row) => row.Split('|') is [var schema, var name, ..] && Called.Contains($"{schema}.{name}");

    private static void AssertSame(IEnumerable<string> expected, IEnumerable<string> actual)
    {
        var (wanted, found) = (expected.ToHashSet(), actual.ToHashSet());
        Assert.Equal("", string.Join('\n', wanted.Except(found).Select(row => "missing: " + row).Concat(found.Except(wanted).Select(row => "too much: " + row)).Order(StringComparer.Ordinal)));
    }

    /// <summary>A catalog's rows, each as one text. No field has a line break.</summary>
    private static List<string> Read(string catalog) =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Catalog", catalog + ".csv")).Skip(1)
            .Select(line => string.Join('|', Field().Matches(line).Select(field => field.Groups[1].Value + field.Groups[2].Value)))];

    [GeneratedRegex("""(?:^|,)(?:"([^"]*)"|([^,]*))""")]
    private static partial Regex Field();

    /// <summary>In a session without tasker-core's search path, as the catalog was read: names of that schema are written with it.</summary>
    private async Task<List<string>> QueryAsync(string sql, params string[] values)
    {
        await using var connection = new NpgsqlConnection(databases.Shared.ConnectionString);
        await connection.OpenAsync(CoreHost.Token);
        await using (var path = new NpgsqlCommand("SET search_path = public", connection))
            await path.ExecuteNonQueryAsync(CoreHost.Token);
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
        var rows = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(CoreHost.Token);
        while (await reader.ReadAsync(CoreHost.Token))
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)));
        return rows;
    }
}
