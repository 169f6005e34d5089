using Tasker.Generators.Tests.Infrastructure;
using Tasker.Templates;

namespace Tasker.Generators.Tests.Emission;

/// <summary><c>[Optional]</c> without a default value: as for a caller in C#, the default of the type stands in.</summary>
public sealed class OptionalParameterTests : IDisposable
{
    private readonly GeneratedAssembly _shop = new(
        """
        using System.Runtime.InteropServices;

        public static class Parameters
        {
            [StepHandler("number")] public static int Number([FromInput, Optional] int number) => number;
            [StepHandler("text")] public static bool Text([FromConfig, Optional] string text) => text is null;
            [StepHandler("given")] public static int Given([FromInput, Optional, DefaultParameterValue(7)] int number) => number;
            [StepHandler("service")] public static bool Service([FromServices, Optional] IDisposable service) => service is null;
        }

        public sealed class Made([Optional] IDisposable service, [Optional] int number)
        {
            [StepHandler("made")] public string Run() => $"{service is null} {number}";
        }

        [TaskTemplate("flow", Namespace = "n", Version = "1.0.0")]
        public static partial class Flow
        {
            [StepHandler("first")] public static int First() => 1;
            [Decision("choose")] public static Decision Choose([FromStep] int first) => Decision.Route(Steps.Left);
            [StepHandler("left", DependsOn = ["choose"])] public static int Left() => 1;
            [StepHandler("last")] public static int Last([FromStep, Optional] int left) => left;
        }
        """,
        []);

    public void Dispose() => _shop.Dispose();

    [Theory]
    [InlineData("number", "0")]
    [InlineData("text", "true")]
    [InlineData("given", "7")]
    [InlineData("service", "true")]
    [InlineData("made", "\"True 0\"")]
    [InlineData("last", "0")]
    public async Task The_default_of_the_type_stands_in(string callable, string result) =>
        Assert.Equal($$"""{"result":{{result}}}""", await _shop.Run(callable));

    [Fact]
    public async Task What_is_there_is_passed() => Assert.Equal("""{"result":5}""", await _shop.Run("number", """{"number":5}"""));

    [Fact]
    public void A_step_that_can_do_without_a_branch_converges() =>
        Assert.Equal(StepType.DeferredConvergence, _shop.Template.Steps.Single(step => step.Name == "last").Type);
}
