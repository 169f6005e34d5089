using Tasker.Templates;

namespace Tasker.Tests;

public sealed class DecisionTests
{
    [Fact]
    public void A_route_keeps_its_steps_in_order() =>
        Assert.Equal(["b", "a"], Decision.Route("b", "a").Steps);

    [Fact]
    public void A_generated_step_reference_is_a_step_name() =>
        Assert.Equal(["pay"], Decision.Route(new StepRef("pay")).Steps);

    [Fact]
    public void A_skip_takes_no_branch()
    {
        var decision = Decision.Skip("nothing to do");

        Assert.Empty(decision.Steps);
        Assert.Equal("nothing to do", decision.Reason);
    }

    [Fact]
    public void No_name_is_refused_with_the_remedy() =>
        Assert.Contains("Decision.Skip", Refused([]).Message, StringComparison.Ordinal);

    [Fact]
    public void An_empty_name_is_refused() =>
        Assert.Contains("empty name", Refused("a", "").Message, StringComparison.Ordinal);

    [Fact]
    public void A_name_twice_is_refused() =>
        Assert.Contains("'a' twice", Refused("a", "b", "a").Message, StringComparison.Ordinal);

    [Fact]
    public void A_hundred_names_are_the_limit()
    {
        var names = Enumerable.Range(0, 101).Select(i => new StepName($"s{i}")).ToArray();

        Assert.Equal(100, Decision.Route(names.AsSpan(0, 100)).Steps.Length);
        Assert.Contains("at most 100", Refused(names).Message, StringComparison.Ordinal);
    }

    private static PermanentException Refused(params StepName[] steps)
    {
        var exception = Assert.Throws<PermanentException>(() => Decision.Route(steps));
        Assert.Equal("INVALID_DECISION_OUTCOME", exception.ErrorCode);
        return exception;
    }
}
