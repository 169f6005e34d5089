using Tasker.Postgres.Claims;
using Tasker.Templates;

namespace Tasker.Postgres.Tests.Support;

/// <summary>A claimed step of which a test needs no more than that it is one.</summary>
internal static class AnyStep
{
    public static CoreStep Create() => new()
    {
        ClaimId = Guid.NewGuid(),
        Before = default,
        TaskId = Guid.NewGuid(),
        StepId = Guid.NewGuid(),
        CorrelationId = Guid.NewGuid(),
        Template = new TaskTemplate { Name = "flow", Namespace = "n", Version = "1.0.0", Steps = [] },
        Definition = new StepDefinition { Name = "only", Callable = "n.only" },
        Name = "only",
        TaskContext = "{}"u8.ToArray(),
    };
}
