using System.Text.Json;
using Npgsql;
using Tasker.Postgres.Fixture;
using Tasker.Postgres.Tests.Support;

namespace Tasker.Postgres.Tests;

/// <summary>
/// The messages about results are sent together and announced one by one, as <c>pgmq_send_with_notify</c> announces them (protocol sheet §2.3); where that function
/// is another than the one that is known, or nobody may ask it, it is called itself.
/// </summary>
public sealed class AnnouncementTests(SplitDatabases databases) : IClassFixture<SplitDatabases>
{
    private const int SentOneByOne = 406;

    [Fact]
    public async Task Messages_sent_together_are_announced_word_for_word_as_by_the_function()
    {
        const int steps = 20;
        var database = databases.Together;
        var flow = new CoreFlow().Step("only");
        await using var orchestrator = await Listener.StartAsync(database, "pgmq_message_ready.orchestration");
        await using var everybody = await Listener.StartAsync(database, "pgmq_message_ready");

        await using var host = await RunAsync(database, flow, steps);

        Assert.Equal(0, host.Log.Count(SentOneByOne));
        var told = await orchestrator.ReadAsync(steps);
        Assert.Equal(told, await everybody.ReadAsync(steps));
        foreach (var payload in told)
        {
            var (id, message) = (Id(payload), JsonElement.Parse(payload).GetProperty("message").GetRawText());
            Assert.Equal(message, await database.DataSource.ScalarAsync<string>("SELECT message::text FROM pgmq.q_orchestration_step_results WHERE msg_id = $1", id));
            await database.DataSource.ExecuteAsync("SELECT pgmq_send_with_notify('orchestration_step_results', $1::jsonb, 0)", message);
            var function = Assert.Single(await orchestrator.ReadAsync(1));
            Assert.Equal(Told(function, id, payload), payload);
        }
    }

    [Fact]
    public async Task A_function_that_announces_otherwise_is_called_for_each_message()
    {
        var database = await databases.Together.AddAsync("otherwise");
        await database.DataSource.ExecuteAsync("""
            CREATE OR REPLACE FUNCTION tasker.pgmq_send_with_notify(queue_name text, message jsonb, delay_seconds integer DEFAULT 0) RETURNS bigint LANGUAGE sql AS $$
                SELECT pg_notify('pgmq_message_ready.' || extract_queue_namespace(queue_name), '{"of another version":true}');
                SELECT pgmq.send(queue_name, message, delay_seconds)
            $$
            """);
        await using (database)
        await using (var orchestrator = await Listener.StartAsync(database, "pgmq_message_ready.orchestration"))
        {
            await using var host = await RunAsync(database, new CoreFlow().Step("only"), 3);

            Assert.Contains("it announces messages differently", await host.Log.WaitForAsync(SentOneByOne), StringComparison.Ordinal);
            Assert.All(await orchestrator.ReadAsync(1), payload => Assert.Equal("""{"of another version":true}""", payload));
        }
    }

    [Fact]
    public async Task A_user_who_may_not_ask_calls_the_function_for_each_message()
    {
        var database = await databases.Together.AddAsync("strict");
        await database.DataSource.ExecuteAsync("""
            CREATE ROLE humble LOGIN PASSWORD 'humble';
            GRANT ALL ON SCHEMA tasker, pgmq TO humble;
            GRANT ALL ON ALL TABLES IN SCHEMA tasker, pgmq TO humble;
            """);
        await using (database)
        await using (var orchestrator = await Listener.StartAsync(database, "pgmq_message_ready.orchestration"))
        {
            var humble = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = "humble", Password = "humble" }.ConnectionString;
            await using var host = await RunAsync(database, new CoreFlow().Step("only"), 3, humble);

            Assert.Contains("permission denied", await host.Log.WaitForAsync(SentOneByOne), StringComparison.Ordinal);
            Assert.All(await orchestrator.ReadAsync(3), payload => Assert.Contains("message_with_payload", payload, StringComparison.Ordinal));
        }
    }

    /// <summary>Has a worker run steps, and leaves it running.</summary>
    private static async Task<CoreHost> RunAsync(TestDatabase database, CoreFlow flow, int steps, string? connectionString = null)
    {
        await using (await CoreHost.StartAsync(database, flow, connectionString: connectionString))
        {
            // Registers the template.
        }

        await Seed.EnqueueAsync(database.DataSource, flow.Namespace, "flow", "only", steps);
        var host = await CoreHost.StartAsync(database, flow, connectionString: connectionString);
        await database.DataSource.UntilAsync($"SELECT count(*) = {steps} FROM pgmq.a_{flow.Queue}");
        return host;
    }

    private static long Id(string payload) => JsonElement.Parse(payload).GetProperty("msg_id").GetInt64();

    /// <summary>What the function said, had it said it of another message and at another time.</summary>
    private static string Told(string function, long id, string other) => function
        .Replace($"\"msg_id\" : {Id(function)},", $"\"msg_id\" : {id},", StringComparison.Ordinal)
        .Replace(ReadyAt(function), ReadyAt(other), StringComparison.Ordinal);

    private static string ReadyAt(string payload) => JsonElement.Parse(payload).GetProperty("ready_at").GetString()!;

    /// <summary>What a channel says.</summary>
    private sealed class Listener(NpgsqlConnection connection) : IAsyncDisposable
    {
        private readonly Queue<string> _heard = new();

        public static async Task<Listener> StartAsync(TestDatabase database, string channel)
        {
            var listener = new Listener(await database.DataSource.OpenConnectionAsync(CoreHost.Token));
            return await listener.ListenAsync(channel);
        }

        public async Task<List<string>> ReadAsync(int count)
        {
            var payloads = new List<string>();
            while (payloads.Count < count)
            {
                if (_heard.TryDequeue(out var payload))
                    payloads.Add(payload);
                else
                    await connection.WaitAsync(CoreHost.Token);
            }

            return payloads;
        }

        public ValueTask DisposeAsync() => connection.DisposeAsync();

        private async Task<Listener> ListenAsync(string channel)
        {
            connection.Notification += (_, args) => _heard.Enqueue(args.Payload);
            await using var command = new NpgsqlCommand($"LISTEN \"{channel}\"", connection);
            await command.ExecuteNonQueryAsync(CoreHost.Token);
            return this;
        }
    }
}
