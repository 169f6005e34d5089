using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Tasker.Client;
using Tasker.Embedded.Tests.Support;
using Tasker.Templates;

namespace Tasker.Embedded.Tests;

/// <summary>Rows that somebody changed by hand: what they concern is left as it is and said so, and all else goes on.</summary>
public sealed class DamagedRowTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Gate _gate = new();
    private readonly Flow _flow;

    public DamagedRowTests() => _flow = new Flow().Step("a").Add(Flow.Define("b", ["a"]), _gate.RunAsync);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("state = 'on_holiday'", "'on_holiday' is not the name of a task state.")]
    [InlineData("state = 'pending'", "The state is 'pending', in which no task stays.")]
    [InlineData("state = 'evaluating_results'", "The state is 'evaluating_results', in which no task stays.")]
    [InlineData("state = 'complete'", "completed_at is missing, though the state is 'complete'.")]
    [InlineData("priority = 101", "The priority is 101; it must be between -100 and 100.")]
    [InlineData("priority = 99999999999999", "overflow")]
    [InlineData("correlation_id = 'x'", "Guid")]
    [InlineData("created_at = 'yesterday'", "'yesterday'")]
    [InlineData("journal = '{}'", "'Array'")]
    [InlineData("journal = '[{\"at\":5}]'", "'String'")]
    [InlineData("tags = '[5]'", "'String'")]
    [InlineData("steps = 'nonsense'", "JSON")]
    [InlineData("steps = '{}'", "'Array'")]
    [InlineData("steps = '[1]'", "'Object'")]
    [InlineData("steps = '[{\"state\":5}]'", "'String'")]
    [InlineData("steps = '[{\"state\":\"enqueued_for_orchestration\"}]'", "Step 'a' is in 'enqueued_for_orchestration', in which no step stays.")]
    [InlineData("steps = '[{\"state\":\"waiting_for_retry\"}]'", "Step 'a' waits for a retry, but its next_attempt_at is missing.")]
    [InlineData("steps = '[{\"state\":\"complete\",\"failure\":5}]'", "'Object'")]
    [InlineData("steps = '[{\"state\":\"in_progress\",\"attempts\":99999999999}]'", "format")]
    [InlineData("steps = '[{\"state\":\"complete\",\"started\":9223372036854775807}]'", "'started' is 9223372036854775807 ticks from the task's creation, where no calendar goes.")]
    [InlineData("steps = '[{\"state\":\"complete\",\"started\":-9223372036854775808}]'", "'started' is -9223372036854775808 ticks from the task's creation, where no calendar goes.")]
    [InlineData("steps = '[{\"state\":\"complete\",\"completed\":3155378975999999999}]'", "'completed' is 3155378975999999999 ticks from the task's creation, where no calendar goes.")]
    [InlineData("steps = '[{\"state\":\"complete\",\"completed\":9223372036854775808}]'", "format")]
    [InlineData("steps = '[{\"state\":\"complete\",\"completed\":1.5}]'", "format")]
    [InlineData("steps = '[{\"state\":\"complete\",\"completed\":\"1\"}]'", "'Number'")]
    [InlineData("steps = '[{\"state\":\"in_progress\",\"attempts\":-1}]'", "Step 'a' has had -1 attempts.")]
    [InlineData("steps = '[{\"state\":\"complete\"},{\"state\":\"pending\"},{\"state\":\"pending\",\"name\":\"c\",\"template_step\":\"a\",\"type\":\"standard\",\"max_attempts\":1,\"dependencies\":[\"c\"]}]'", "Step 'c' depends on a step that is not before it.")]
    [InlineData("steps = '[{\"state\":\"complete\"},{\"state\":\"pending\"},{\"state\":\"pending\",\"name\":\"a\",\"template_step\":\"a\",\"type\":\"standard\",\"max_attempts\":1,\"dependencies\":[]}]'", "Key: a")]
    public async Task A_task_whose_row_is_damaged_is_left_as_it_is_and_others_go_on(string damage, string why)
    {
        var (damaged, whole) = await LeaveTwoTasksAsync();
        _folder.Query($"UPDATE tasks SET {damage} WHERE task_no = 1");
        var before = _folder.Query("SELECT state || steps FROM tasks WHERE task_no = 1");

        _gate.Open();
        await using (var host = await StartAsync())
        {
            Assert.Equal(TaskState.Complete, (await host.Client.WaitAsync(whole, EngineHost.Token)).State);
            var logged = Assert.Single(host.Logged, line => line.StartsWith("308: ", StringComparison.Ordinal));
            Assert.Contains($"'{_folder.Database}'", logged, StringComparison.Ordinal);
            Assert.Contains("row task_no = 1 of table 'tasks': ", logged, StringComparison.Ordinal);
            Assert.Contains(why, logged, StringComparison.Ordinal);
            await Assert.ThrowsAnyAsync<Exception>(async () => await host.Client.ResolveStepAsync(damaged, "a", StepResolution.ResolveManually("x", "bob"), EngineHost.Token));
        }

        Assert.Equal(before, _folder.Query("SELECT state || steps FROM tasks WHERE task_no = 1"));
    }

    [Theory]
    [InlineData("tasks", "x", "row log_no = 90000 of table 'log'")]
    [InlineData("tasks", "{}", "row log_no = 90000 of table 'log'")]
    [InlineData("tasks", "[5]", "row log_no = 90000 of table 'log'")]
    [InlineData("tasks", "[{}]", "row log_no = 90000 of table 'log'")]
    [InlineData("tasks", "[{\"task_no\":\"a\"}]", "row log_no = 90000 of table 'log'")]
    [InlineData("tasks", "[{\"task_no\":55}]", "row task_no = 55 of table 'tasks', or what table 'log' says about it: The log names task 55, which is not in the file.")]
    [InlineData("tasks", "[{\"task_no\":1}]", "row task_no = 1 of table 'tasks', or what table 'log' says about it")]
    [InlineData("running", "[[1,99,1]]", "row task_no = 1 of table 'tasks', or what table 'log' says about it")]
    [InlineData("running", "[[1]]", "row log_no = 90000 of table 'log'")]
    [InlineData("running", "null", "row log_no = 90000 of table 'log'")]
    [InlineData("steps", "[{\"task_no\":1,\"step_no\":2000000000,\"state\":\"pending\"}]", "There is no step number 2000000000.")]
    [InlineData("steps", "[{\"task_no\":1,\"step_no\":-1,\"state\":\"pending\"}]", "row task_no = 1 of table 'tasks', or what table 'log' says about it")]
    [InlineData("steps", "[[1]]", "row log_no = 90000 of table 'log'")]
    [InlineData("steps", "[[1,0]]", "row log_no = 90000 of table 'log'")]
    [InlineData("steps", "[[1,0,5]]", "row log_no = 90000 of table 'log'")]
    [InlineData("steps", "[[1,0,null]]", "row log_no = 90000 of table 'log'")]
    [InlineData("steps", "[[\"1\",0,{}]]", "row log_no = 90000 of table 'log'")]
    [InlineData("steps", "[[1,99999999999,{}]]", "row log_no = 90000 of table 'log'")]
    [InlineData("steps", "[null]", "row log_no = 90000 of table 'log'")]
    [InlineData("steps", "[[1,2000000000,{\"state\":\"pending\"}]]", "row task_no = 1 of table 'tasks', or what table 'log' says about it: There is no step number 2000000000.")]
    [InlineData("steps", "[[1,-1,{\"state\":\"pending\"}]]", "row task_no = 1 of table 'tasks', or what table 'log' says about it: There is no step number -1.")]
    [InlineData("steps", "[[55,0,{\"state\":\"pending\"}]]", "row task_no = 55 of table 'tasks', or what table 'log' says about it: The log names task 55, which is not in the file.")]
    public async Task A_log_that_cannot_be_followed_is_named_and_nothing_is_changed(string column, string text, string where)
    {
        await LeaveTwoTasksAsync();
        var rows = (long)_folder.Query("SELECT count(*) FROM log")!;
        _folder.Query($"INSERT INTO log (log_no, written_at, {column}) VALUES (90000, '', '{text}')");

        var refused = await Assert.ThrowsAsync<TaskStoreException>(StartAsync);

        Assert.Contains($"The file '{_folder.Database}' holds something that Tasker did not write: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(where, refused.Message, StringComparison.Ordinal);
        Assert.Equal(rows + 1, _folder.Query("SELECT count(*) FROM log"));
    }

    [Theory]
    [InlineData("new", "5", "row log_no = 90000 of table 'log': ")]
    [InlineData("new", "null", "row log_no = 90000 of table 'log': a member is missing.")]
    [InlineData("new", "[5]", "row log_no = 90000 of table 'log': ")]
    [InlineData("new", "[null]", "row log_no = 90000 of table 'log': a member is missing.")]
    [InlineData("new", "[[3,\"id\",\"correlation\"]]", "row log_no = 90000 of table 'log': A new task has 3 values instead of 4 or 5.")]
    [InlineData("new", "[[3,\"id\",\"correlation\",{},\"hash\",5]]", "row log_no = 90000 of table 'log': A new task has 6 values instead of 4 or 5.")]
    [InlineData("new", "[[\"3\",\"id\",\"correlation\",{}]]", "row log_no = 90000 of table 'log': ")]
    [InlineData("new", "[[null,\"id\",\"correlation\",{}]]", "row log_no = 90000 of table 'log': a member is missing.")]
    [InlineData("new", "[[3,5,\"correlation\",{}]]", "'task_id' is 5, which is not a text.")]
    [InlineData("new", "[[3,\"id\",null,{}]]", "'correlation_id' is missing.")]
    [InlineData("state", null, "'state' is missing.")]
    [InlineData("name", "{}", "'name' is {}, which is not a text.")]
    [InlineData("created_at", null, "'created_at' is missing.")]
    [InlineData("priority", "\"high\"", "'priority' is \"high\", which is not a whole number.")]
    [InlineData("priority", "1.5", "'priority' is 1.5, which is not a whole number.")]
    [InlineData("plan_no", null, "'plan_no' is missing.")]
    [InlineData("plan_no", "99", "row task_no = 3 of table 'tasks', or what table 'log' says about it: ")]
    public async Task New_tasks_that_the_log_does_not_list_as_Tasker_does_are_named_and_nothing_is_changed(string member, string? json, string why)
    {
        await LeaveTwoTasksAsync();
        var entry = JsonNode.Parse(
            """
            {"state":"steps_in_process","namespace":"tests","name":"flow","version":"1.0.0","initiator":"i","source_system":"s","reason":"r","priority":0,
             "created_at":"2026-01-01T00:00:00.0000000Z","plan_no":1,"new":[[3,"018f0000-0000-7000-8000-000000000000","018f0000-0000-7000-8000-0000000000aa",{}]]}
            """)!.AsObject();
        if (json is null)
            entry.Remove(member);
        else
            entry[member] = JsonNode.Parse(json);
        _folder.Query($"INSERT INTO log (log_no, written_at, tasks) VALUES (90000, '', '[{entry.ToJsonString()}]')");

        var refused = await Assert.ThrowsAsync<TaskStoreException>(StartAsync);

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Contains(why.StartsWith('\'') ? "row task_no = 3 of table 'tasks', or what table 'log' says about it: " : "row ", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2L, _folder.Query("SELECT count(*) FROM tasks"));
    }

    [Theory]
    [InlineData("failure = '[]'")]
    [InlineData("metadata = '5'")]
    [InlineData("attempt = 99999999999")]
    [InlineData("duration_ms = 9223372036854775807")]
    [InlineData("event_id = 'x'")]
    [InlineData("fired_at = 'x'")]
    public async Task An_event_whose_row_is_damaged_stays_and_those_behind_it_are_delivered(string damage)
    {
        var flow = new Flow().Add(
            Flow.Define("place", []) with
            {
                Events = [new() { Name = "order.placed", Description = "", Condition = EventCondition.Success, Delivery = EventDelivery.Durable, Schema = "" }],
            },
            Flow.Ran);
        var received = Channel.CreateUnbounded<Guid>();
        await using (var away = await StartWithAsync((_, _) => throw new IOException("away")))
        {
            await away.RunAsync(flow);
            await away.RunAsync(flow);
        }

        _folder.Query($"UPDATE outbox SET {damage} WHERE event_no = 1");
        await using (var host = await StartWithAsync((told, token) => received.Writer.WriteAsync(told.Step.TaskId, token)))
        {
            await received.Reader.ReadAsync(EngineHost.Token);
            Assert.Contains(host.Logged, line => line.StartsWith("308: ", StringComparison.Ordinal) && line.Contains("row event_no = 1 of table 'outbox'", StringComparison.Ordinal));
        }

        Assert.Equal(1L, _folder.Query("SELECT count(*) FROM outbox"));

        Task<EngineHost> StartWithAsync(Func<Tasker.Events.DomainEvent, CancellationToken, ValueTask> receive) =>
            EngineHost.StartAsync(tasker => tasker.UseEmbedded(_folder.ConnectionString).AddEventSubscriber("*", receive), [flow]);
    }

    [Fact]
    public async Task A_list_names_the_row_that_it_cannot_read()
    {
        _gate.Open();
        await using var host = await StartAsync();
        await host.RunAsync(_flow);
        _folder.Query("UPDATE tasks SET created_at = 'yesterday'");

        var refused = await Assert.ThrowsAsync<TaskStoreException>(async () => await host.Client.ListAsync(cancellationToken: EngineHost.Token));

        Assert.Contains("row task_no = 1 of table 'tasks': ", refused.Message, StringComparison.Ordinal);
    }

    private Task<EngineHost> StartAsync() => EngineHost.StartAsync(tasker => tasker.UseEmbedded(_folder.ConnectionString), [_flow]);

    private async Task<(Guid First, Guid Second)> LeaveTwoTasksAsync()
    {
        await using var host = await StartAsync();
        var first = await host.Client.StartAsync(_flow.Template, "{}", cancellationToken: EngineHost.Token);
        var second = await host.Client.StartAsync(_flow.Template, "{}", cancellationToken: EngineHost.Token);
        await _gate.EnteredAsync();
        await _gate.EnteredAsync();
        return (first.Id, second.Id);
    }
}
