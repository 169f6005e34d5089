using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Tests.Support;
using Tasker.Templates;

namespace Tasker.Embedded.Tests;

public sealed class TaskRunTests
{
    /// <summary>Compares random graphs, random failures and random orders of execution with what the definition of a dependency says.</summary>
    [Fact]
    public void Random_graphs_end_as_their_dependencies_say()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var count = random.Next(1, 30);
            var dependencies = Enumerable.Range(0, count).Select(i => Enumerable.Range(0, i).Where(_ => random.NextDouble() < 0.2).ToArray()).ToArray();
            var fails = Enumerable.Range(0, count).Select(_ => random.NextDouble() < 0.1).ToArray();
            var task = new Simulation([.. dependencies.Select((parents, i) => Simulation.Step("s" + i, [.. parents.Select(parent => "s" + parent)]))]);
            for (var i = 0; i < count; i++)
            {
                if (fails[i])
                    task.Fail("s" + i, retryable: random.Next(2) == 0);
            }

            task.Finish(random.Next);

            var expected = new StepState[count];
            for (var i = 0; i < count; i++)
            {
                expected[i] = dependencies[i].Any(parent => expected[parent] is not StepState.Complete) ? StepState.Pending
                    : fails[i] ? StepState.Error
                    : StepState.Complete;
            }

            Assert.True(expected.SequenceEqual(task.Run.ToSnapshot().Steps.Select(step => step.State)), $"Seed {seed} ends otherwise.");
            Assert.True(task.Run.State == (expected.Contains(StepState.Error) ? TaskState.BlockedByFailures : TaskState.Complete), $"Seed {seed} is in {task.Run.State}.");
        }
    }

    [Fact]
    public void Ancestors_are_transitive_in_order_of_creation_and_nothing_else()
    {
        var task = new Simulation(
            Simulation.Step("a"),
            Simulation.Step("aside"),
            Simulation.Step("b", "a"),
            Simulation.Step("c", "a"),
            Simulation.Step("d", "c", "b")).Finish();
        var results = new AncestorResults(task.Run.StepAt(4));

        Assert.Equal(["a", "b", "c"], results.All().Select(result => result.Step));
        Assert.True(results.TryGet("a", out var json));
        Assert.Equal("""{"ran":"a"}""", Flow.Text(json));
        Assert.False(results.TryGet("aside", out _));
        Assert.False(results.TryGet("d", out _));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(400)]
    public void Ancestors_are_found_by_name_however_many_there_are(int parents)
    {
        var steps = Enumerable.Range(0, parents).Select(i => Simulation.Step("s" + i));
        var task = new Simulation([.. steps, Simulation.Step("last", [.. Enumerable.Range(0, parents).Select(i => "s" + i)])]).Finish();
        var results = new AncestorResults(task.Run.StepAt(parents));

        Assert.All(Enumerable.Range(0, parents), i => Assert.True(results.TryGet("s" + i, out _)));
        Assert.False(results.TryGet("s" + parents, out _));
        Assert.Equal(parents, results.All().Count());
    }

    [Fact]
    public void Ids_of_steps_are_those_of_the_task_with_a_number()
    {
        var id = TaskIds.Task(Guid.CreateVersion7(Simulation.Now));

        Assert.Equal(7, id.Version);
        Assert.EndsWith("00000000", id.ToString(), StringComparison.Ordinal);
        Assert.Equal(id.ToString()[..28] + "00000001", TaskIds.Step(id, 0).ToString());
        Assert.Equal(id.ToString()[..28] + "00002711", TaskIds.Step(id, 10_000).ToString());
    }

    [Fact]
    public void A_wait_is_shortened_by_at_most_fifteen_percent()
    {
        var policy = new RetryPolicy { Backoff = BackoffStrategy.Linear, BackoffBase = TimeSpan.FromSeconds(10), MaxBackoff = TimeSpan.FromMinutes(1) };
        var failure = new StepFailure { Message = "m", ErrorType = "e", Retryable = true };
        var schedule = new RetrySchedule(new Random(7));

        var waits = Enumerable.Range(0, 1000).Select(_ => schedule.Delay(policy, failure, attempts: 2)).ToArray();

        Assert.InRange(waits.Min(), TimeSpan.FromSeconds(17), TimeSpan.FromSeconds(17.2));
        Assert.InRange(waits.Max(), TimeSpan.FromSeconds(19.8), TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData(long.MaxValue, long.MaxValue, 100L * 365 * TimeSpan.TicksPerDay)]
    [InlineData(TimeSpan.TicksPerSecond, long.MinValue, 0)]
    [InlineData(long.MinValue, TimeSpan.TicksPerSecond, 0)]
    [InlineData(0, 0, 0)]
    [InlineData(TimeSpan.TicksPerHour, TimeSpan.TicksPerSecond, TimeSpan.TicksPerSecond)]
    public void A_wait_is_one_that_a_calendar_has_whatever_the_policy_says(long basis, long cap, long longest)
    {
        var policy = new RetryPolicy { Backoff = BackoffStrategy.Exponential, BackoffBase = TimeSpan.FromTicks(basis), MaxBackoff = TimeSpan.FromTicks(cap) };
        var failure = new StepFailure { Message = "m", ErrorType = "e", Retryable = true };

        foreach (var attempts in (int[])[1, 2, 62, 1000, int.MaxValue])
            Assert.InRange(new RetrySchedule(new Random(7)).Delay(policy, failure, attempts), TimeSpan.FromTicks(longest / 100 * 84), TimeSpan.FromTicks(longest));
    }

    [Fact]
    public void A_policy_that_forbids_retries_has_one_attempt()
    {
        var failure = new StepFailure { Message = "m", ErrorType = "e", Retryable = true };

        Assert.False(RetrySchedule.AllowsAnother(new RetryPolicy { Retryable = false }, failure, 1));
        Assert.True(RetrySchedule.AllowsAnother(new RetryPolicy { MaxAttempts = 2 }, failure, 1));
        Assert.False(RetrySchedule.AllowsAnother(new RetryPolicy { MaxAttempts = 2 }, failure, 2));
    }
}
