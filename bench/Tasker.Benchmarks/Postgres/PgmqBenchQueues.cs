using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Tasker.Hosting;
using Tasker.Postgres.Fixture;
using Tasker.Postgres.Fixture.RabbitMq;

namespace Tasker.Benchmarks.Postgres;

/// <summary>PGMQ queues, beside the steps or in a database of their own.</summary>
internal sealed class PgmqBenchQueues(TestDatabase queues, bool besideSteps) : IBenchQueues, IAsyncDisposable
{
    private NpgsqlConnection? _connection;

    public void UseBy(TaskerBuilder tasker)
    {
        if (!besideSteps)
            tasker.UsePgmqDatabase(queues.ConnectionString);
    }

    public async Task SendAsync(IReadOnlyList<Guid> steps)
    {
        if (!besideSteps)
            await queues.DataSource.ExecuteAsync($"SELECT pgmq.send_batch('{TrivialFlow.Queue}', ARRAY(SELECT jsonb_build_object('step_uuid', id) FROM unnest($1) AS id), 0)", steps.ToArray());
    }

    public async Task<Func<Task<long>>> CountResultsAsync()
    {
        _connection ??= await queues.DataSource.OpenConnectionAsync();
        var last = new NpgsqlCommand($"SELECT COALESCE(max(msg_id), 0) FROM pgmq.q_{AmqpQueues.Results}", _connection);
        await last.PrepareAsync();
        var before = (long)(await last.ExecuteScalarAsync())!;
        return async () => (long)(await last.ExecuteScalarAsync())! - before;
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
    }
}
