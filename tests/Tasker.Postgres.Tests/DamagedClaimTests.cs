using Npgsql;
using Tasker.Postgres.Fixture;
using Tasker.Postgres.Tests.Support;

namespace Tasker.Postgres.Tests;

/// <summary>Rows that somebody damages between a claim and what becomes of it.</summary>
public sealed class DamagedClaimTests(Databases databases)
{
    private const string SortKey = "UPDATE tasker.workflow_step_transitions SET sort_key = $2 WHERE workflow_step_uuid = $1 AND most_recent";

    private NpgsqlDataSource Database => databases.Shared.DataSource;

    [Theory]
    [InlineData("sort_key = 2147483647", "integer out of range")]
    [InlineData("metadata = jsonb_set(metadata, '{tasker_dotnet,worker_uuid}', '\"nobody\"')", "does not say which worker made it")]
    [InlineData("metadata = jsonb_set(metadata, '{tasker_dotnet}', '[17]')", "does not say which worker made it")]
    public async Task A_claim_that_cannot_be_recovered_is_named_once_and_left_and_the_others_are_recovered(string damage, string problem)
    {
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        var steps = await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", 3);
        using (var worker = await KillableWorker.StartAsync(databases.Shared.ConnectionString, flow, "dead", "hang"))
        {
            foreach (var step in steps)
                await Database.UntilStateAsync(step, "in_progress");
            worker.Kill();
        }

        await Database.ExecuteAsync($"UPDATE tasker.workflow_step_transitions SET {damage} WHERE workflow_step_uuid = $1 AND most_recent", steps[1]);

        await using var peer = await CoreHost.StartAsync(databases.Shared, flow, options => options.WorkerSilence = TimeSpan.FromSeconds(1));
        var said = await peer.Log.WaitForAsync(434);
        await Database.UntilStateAsync(steps[0], "enqueued_as_error_for_orchestration");
        await Database.UntilStateAsync(steps[2], "enqueued_as_error_for_orchestration");

        Assert.Contains(steps[1].ToString(), said, StringComparison.Ordinal);
        Assert.Contains((await TaskAsync(steps[1])).ToString(), said, StringComparison.Ordinal);
        Assert.Contains(problem, said, StringComparison.Ordinal);
        Assert.Equal("in_progress", await Database.StateAsync(steps[1]));
        await peer.StopAsync();
        Assert.Equal((1, 0), (peer.Log.Count(434), peer.Log.Count(431)));
    }

    [Fact]
    public async Task A_damaged_claim_is_recovered_when_it_is_mended()
    {
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        var step = (await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", 1))[0];
        using (var worker = await KillableWorker.StartAsync(databases.Shared.ConnectionString, flow, "dead", "hang"))
        {
            await Database.UntilStateAsync(step, "in_progress");
            worker.Kill();
        }

        await Database.ExecuteAsync(SortKey, step, int.MaxValue);
        await using var peer = await CoreHost.StartAsync(databases.Shared, flow, options => options.WorkerSilence = TimeSpan.FromSeconds(1));
        await peer.Log.WaitForAsync(434);
        await Database.ExecuteAsync(SortKey, step, 3);

        await Database.UntilStateAsync(step, "enqueued_as_error_for_orchestration");
    }

    /// <summary>First the result is refused, and then the failure that says so: it is the row that takes nothing.</summary>
    [Fact]
    public async Task An_outcome_that_is_refused_twice_is_let_go_of_and_its_attempt_reported_when_the_row_is_mended()
    {
        var gate = new Gate();
        var flow = gate.Before("only");
        await RegisterAsync(flow);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow, options => options.WorkerSilence = TimeSpan.FromSeconds(1));
        var damaged = (await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", 1))[0];
        await gate.UntilBegunAsync();
        await Database.ExecuteAsync(SortKey, damaged, int.MaxValue);
        gate.Open();

        var said = await host.Log.WaitForAsync(427);
        var sound = (await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", 1))[0];
        await Database.UntilStateAsync(sound, "enqueued_for_orchestration");
        Assert.Contains((await TaskAsync(damaged)).ToString(), said, StringComparison.Ordinal);
        Assert.Equal("in_progress", await Database.StateAsync(damaged));
        Assert.Equal((1, 1, 0), (host.Log.Count(421), host.Log.Count(427), host.Log.Count(420)));

        await Database.ExecuteAsync(SortKey, damaged, 3);
        await Database.UntilStateAsync(damaged, "enqueued_as_error_for_orchestration");
        Assert.Equal(
            "worker_lost",
            await Database.ScalarAsync<string>("SELECT results #>> '{metadata,error_type}' FROM tasker.workflow_steps WHERE workflow_step_uuid = $1", damaged));
    }

    private Task<Guid> TaskAsync(Guid step) => Database.ScalarAsync<Guid>("SELECT task_uuid FROM tasker.workflow_steps WHERE workflow_step_uuid = $1", step);

    private async Task RegisterAsync(CoreFlow flow)
    {
        await using var host = await CoreHost.StartAsync(databases.Shared, flow);
    }
}
