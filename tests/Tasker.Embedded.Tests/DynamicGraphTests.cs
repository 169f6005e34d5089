using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Tests.Support;
using Tasker.Templates;
using static Tasker.Embedded.Tests.Support.Simulation;

namespace Tasker.Embedded.Tests;

/// <summary>Which steps exist, and what they wait for, after decisions and batch plans.</summary>
public sealed class DynamicGraphTests
{
    [Fact]
    public void Dependents_of_a_chosen_step_exist_up_to_the_convergence()
    {
        var task = new Simulation(
            Step("start"),
            Step(StepType.Decision, "route", "start"),
            Step("a", "route"),
            Step("a2", "a"),
            Step("b", "route"),
            Step("b2", "b"),
            Step(StepType.DeferredConvergence, "end", "a2", "b2")).Decide("route", "a").Finish();

        Assert.Equal(["start", "route", "a", "a2", "end"], task.Names);
        Assert.Equal(["a2"], task.Dependencies("end"));
        Assert.Equal(TaskState.Complete, task.Run.State);
    }

    [Fact]
    public void An_ordinary_step_waits_for_the_decision_in_place_of_a_branch_not_taken()
    {
        var task = new Simulation(
            Step(StepType.Decision, "route"),
            Step("a", "route"),
            Step("b", "route"),
            Step("both", "a", "b")).Decide("route", "a").Finish();

        Assert.Equal(["route", "a", "both"], task.Names);
        Assert.Equal(["a", "route"], task.Dependencies("both"));
    }

    [Theory]
    [InlineData("a", "deep", "route a again deep inner outer", "inner")]
    [InlineData("a", "", "route a again inner outer", "inner")]
    [InlineData("b", null, "route b outer", "b")]
    [InlineData("", null, "route outer", "route")]
    public void A_nested_decision_runs_only_where_its_branch_was_taken(string first, string? second, string names, string outerWaitsFor)
    {
        var task = new Simulation(
            Step(StepType.Decision, "route"),
            Step("a", "route"),
            Step("b", "route"),
            Step(StepType.Decision, "again", "a"),
            Step("deep", "again"),
            Step("deep2", "again"),
            Step(StepType.DeferredConvergence, "inner", "deep", "deep2"),
            Step(StepType.DeferredConvergence, "outer", "inner", "b"));
        task.Decide("route", first.Split(',', StringSplitOptions.RemoveEmptyEntries));
        if (second is not null)
            task.Decide("again", second.Split(',', StringSplitOptions.RemoveEmptyEntries));
        task.Finish();

        Assert.Equal(names.Split(' '), task.Names);
        Assert.Equal([outerWaitsFor], task.Dependencies("outer"));
        Assert.Equal("outer", task.Order[^1]);
    }

    [Fact]
    public void Steps_after_a_convergence_exist_with_it()
    {
        var task = new Simulation(
            Step("start"),
            Step(StepType.Decision, "route", "start"),
            Step("a", "route"),
            Step(StepType.DeferredConvergence, "join", "a"),
            Step("report", "join", "start"),
            Step("mail", "report")).Decide("route").Finish();

        Assert.Equal(["start", "route", "join", "report", "mail"], task.Names);
        Assert.Equal(["join", "start"], task.Dependencies("report"));
    }

    [Fact]
    public void A_convergence_waits_for_the_word_of_every_decision_above_it()
    {
        var task = new Simulation(
            Step(StepType.Decision, "first"),
            Step("slow"),
            Step(StepType.Decision, "second", "slow"),
            Step("a", "first"),
            Step("b", "second"),
            Step(StepType.DeferredConvergence, "join", "a", "b")).Decide("first", "a").Decide("second", "b").Finish();

        Assert.Equal(["a", "b"], task.Dependencies("join"));
        Assert.Equal("join", task.Order[^1]);
    }

    [Fact]
    public void A_decision_may_name_a_step_further_down()
    {
        var task = new Simulation(
            Step(StepType.Decision, "route"),
            Step("a", "route"),
            Step("a2", "a")).Decide("route", "a2").Finish();

        Assert.Equal(["route", "a2"], task.Names);
        Assert.Equal(["route"], task.Dependencies("a2"));
    }

    [Fact]
    public void Independent_steps_and_a_convergence_of_static_steps_exist_from_the_start()
    {
        var plan = TaskPlan.Compile(new TaskTemplate
        {
            Name = "t",
            Namespace = "tests",
            Version = "1",
            Steps =
            [
                Step("start"),
                Step("apart"),
                Step(StepType.DeferredConvergence, "join", "start", "apart"),
                Step(StepType.Decision, "route", "join"),
                Step("a", "route"),
                Step(StepType.Batchable, "analyze"),
                Step(StepType.BatchWorker, "work", "analyze"),
                Step("sum", "work"),
                Step("tell", "sum"),
            ],
        });

        Assert.Equal(["start", "apart", "join", "route", "analyze"], plan.Initial.Select(shape => shape.Name));
    }

    [Fact]
    public void A_batch_inside_a_branch_converges_with_the_other_branches()
    {
        var task = new Simulation(
            Step(StepType.Decision, "route"),
            Step(StepType.Batchable, "analyze", "route"),
            Step(StepType.BatchWorker, "work", "analyze"),
            Step("plain", "route"),
            Step(StepType.DeferredConvergence, "join", "work", "plain"))
            .Decide("route", "analyze", "plain").Plan("analyze", "work", BatchPlan.ForItems(20, 10)).Finish();

        Assert.Equal(["route", "analyze", "plain", "work_001", "work_002", "join"], task.Names);
        Assert.Equal(["work_001", "work_002", "plain"], task.Dependencies("join"));
    }

    [Fact]
    public void A_batch_in_a_branch_not_taken_leaves_its_worker_out()
    {
        var task = new Simulation(
            Step(StepType.Decision, "route"),
            Step(StepType.Batchable, "analyze", "route"),
            Step(StepType.BatchWorker, "work", "analyze"),
            Step("plain", "route"),
            Step(StepType.DeferredConvergence, "join", "work", "plain")).Decide("route", "plain").Finish();

        Assert.Equal(["route", "plain", "join"], task.Names);
    }

    [Theory]
    [InlineData("nothing", "which the template does not have")]
    [InlineData("analyze", "which is not a batch_worker")]
    public void A_plan_for_a_wrong_worker_fails_its_step(string worker, string why)
    {
        var task = new Simulation(Step(StepType.Batchable, "analyze"), Step(StepType.BatchWorker, "work", "analyze"))
            .Plan("analyze", worker, BatchPlan.ForItems(20, 10)).Finish();

        Assert.Equal(TaskState.BlockedByFailures, task.Run.State);
        Assert.Equal(
            $"The plan of step 'analyze' is for the worker '{worker}', {why}. Its batch workers are: 'work'.",
            task.Run.ToSnapshot().FirstFailure()!.Failure!.Message);
    }

    [Fact]
    public void A_decision_or_a_batchable_step_without_its_outcome_fails()
    {
        var decision = new Simulation(Step(StepType.Decision, "route"), Step("a", "route")).Finish();
        var batch = new Simulation(Step(StepType.Batchable, "analyze"), Step(StepType.BatchWorker, "work", "analyze")).Finish();

        Assert.Equal("Step 'route' is a decision, but its handler returned no Decision.", decision.Run.ToSnapshot().FirstFailure()!.Failure!.Message);
        Assert.Equal("Step 'analyze' is batchable, but its handler returned no BatchPlan.", batch.Run.ToSnapshot().FirstFailure()!.Failure!.Message);
    }

    [Fact]
    public void A_decision_cannot_name_a_batch_worker()
    {
        var task = new Simulation(
            Step(StepType.Decision, "route"),
            Step(StepType.Batchable, "analyze", "route"),
            Step(StepType.BatchWorker, "work", "analyze")).Decide("route", "work").Finish();

        Assert.Equal(
            "Decision 'route' named the step 'work', which is a batch worker; only a batch analyzer creates those. It can name: 'analyze'.",
            task.Run.ToSnapshot().FirstFailure()!.Failure!.Message);
    }

    [Fact]
    public void Inputs_of_batch_instances_are_those_of_the_protocol()
    {
        var worker = Step(StepType.BatchWorker, "work", "analyze") with { Configuration = """{"limit":5,"cursor":"mine"}"""u8.ToArray() };
        var task = new Simulation(Step(StepType.Batchable, "analyze"), worker).Plan("analyze", "work", BatchPlan.ForItems(1500, 1000)).Finish();

        Assert.Equal(
            """{"limit":5,"cursor":{"batch_id":"002","start_cursor":1000,"end_cursor":1500,"batch_size":500},"batch_metadata":{"cursor_field":"row_number","failure_strategy":"continue_on_failure"},"is_no_op":false,"__template_step_name":"work"}""",
            Flow.Text(task.Run.StepAt(2).Inputs));
    }

    [Fact]
    public void The_placeholder_of_an_empty_plan_is_marked()
    {
        var task = new Simulation(Step(StepType.Batchable, "analyze"), Step(StepType.BatchWorker, "work", "analyze"))
            .Plan("analyze", "work", BatchPlan.Empty("none")).Finish();

        Assert.Equal(
            """{"cursor":{"batch_id":"000","start_cursor":0,"end_cursor":0,"batch_size":0},"batch_metadata":{"cursor_field":"row_number","failure_strategy":"continue_on_failure"},"is_no_op":true,"__template_step_name":"work"}""",
            Flow.Text(task.Run.StepAt(1).Inputs));
        Assert.Equal("work_000", task.Run.StepAt(1).Name);
    }

    [Theory]
    [InlineData("""{"decision_point_outcome":{"type":"create_steps","step_names":["a","b"]},"x":1}""", "a,b")]
    [InlineData("""{"x":{"step_names":["no"]},"decision_point_outcome":{"type":"no_branches"},"reason":"r"}""", "")]
    [InlineData("{}", "")]
    public void A_stored_decision_is_read_back(string json, string expected) =>
        Assert.Equal(expected, string.Join(',', DecisionJson.ReadStepNames(System.Text.Encoding.UTF8.GetBytes(json))));

    [Theory]
    [InlineData("a:b b:a", "The steps 'a', 'b' of template 'tests/t/1' wait for one another in a cycle.")]
    [InlineData("a:x", "Step 'a' of template 'tests/t/1' depends on 'x', which the template does not have.")]
    [InlineData("a: a:", "Template 'tests/t/1' has two steps called 'a'. Rename one.")]
    public void A_broken_graph_is_refused(string graph, string message)
    {
        var steps = graph.Split(' ').Select(step => step.Split(':')).Select(step => Step(step[0], step[1].Split(',', StringSplitOptions.RemoveEmptyEntries)));
        var template = new TaskTemplate { Name = "t", Namespace = "tests", Version = "1", Steps = [.. steps] };

        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => TaskPlan.Compile(template)).Message);
    }

    [Fact]
    public void A_template_without_steps_is_complete_at_once()
    {
        var task = new Simulation().Finish();

        Assert.Equal((TaskState.Complete, 0), (task.Run.State, task.Run.Steps.Length));
    }

    [Fact]
    public void A_batch_convergence_in_a_branch_that_was_not_taken_does_not_run()
    {
        var task = new Simulation(
            Simulation.Step(StepType.Decision, "route"),
            Simulation.Step("left", "route"),
            Simulation.Step(StepType.Batchable, "analyze", "left"),
            Simulation.Step(StepType.BatchWorker, "process", "analyze"),
            Simulation.Step(StepType.DeferredConvergence, "sum", "process"),
            Simulation.Step("right", "route"),
            Simulation.Step(StepType.DeferredConvergence, "join", "sum", "right")).Decide("route", "right").Finish();

        Assert.Equal(["route", "right", "join"], task.Names);
        Assert.Equal(["right"], task.Dependencies("join"));
    }

    [Fact]
    public void When_no_branch_is_taken_only_the_convergence_of_the_branches_runs()
    {
        var task = new Simulation(
            Simulation.Step(StepType.Decision, "route"),
            Simulation.Step("left", "route"),
            Simulation.Step(StepType.DeferredConvergence, "inner", "left"),
            Simulation.Step("right", "route"),
            Simulation.Step(StepType.DeferredConvergence, "join", "inner", "right")).Decide("route").Finish();

        Assert.Equal(["route", "join"], task.Names);
        Assert.Equal(["route"], task.Dependencies("join"));
    }

    [Fact]
    public void A_convergence_of_branches_that_were_not_taken_does_not_run_when_another_was()
    {
        var task = new Simulation(
            Simulation.Step(StepType.Decision, "route"),
            Simulation.Step("a", "route"),
            Simulation.Step("b", "route"),
            Simulation.Step("c", "route"),
            Simulation.Step(StepType.DeferredConvergence, "of_two", "a", "b"),
            Simulation.Step(StepType.DeferredConvergence, "of_all", "of_two", "c")).Decide("route", "c").Finish();

        Assert.Equal(["route", "c", "of_all"], task.Names);
    }
}
