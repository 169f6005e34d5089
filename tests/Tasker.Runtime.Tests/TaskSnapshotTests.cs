using Tasker.Client;
using Tasker.Templates;

namespace Tasker.Tests;

public sealed class TaskSnapshotTests
{
    [Fact]
    public void The_steps_of_a_finished_task_are_copied_once_and_when_they_are_asked_for()
    {
        var copies = 0;
        var snapshot = new TaskSnapshot(() =>
        {
            copies++;
            return
            [
                new StepSnapshot
                {
                    StepId = Guid.Empty,
                    Name = "a",
                    TemplateStep = "a",
                    Type = StepType.Standard,
                    State = StepState.Complete,
                    Attempts = 1,
                    MaxAttempts = 3,
                },
            ];
        })
        {
            TaskId = Guid.Empty,
            Namespace = "n",
            Name = "t",
            Version = "1.0.0",
            State = TaskState.Complete,
            Context = default,
            CorrelationId = Guid.Empty,
            Options = new StartOptions(),
            CreatedAt = default,
        };

        Assert.Equal(0, copies);
        Assert.Equal("a", Assert.Single(snapshot.Steps).Name);
        Assert.NotNull(snapshot.FindStep("a"));
        Assert.Equal(snapshot.Steps, (snapshot with { Name = "u" }).Steps);
        Assert.Equal(1, copies);
    }
}
