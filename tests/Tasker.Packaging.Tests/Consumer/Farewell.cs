using Tasker;

namespace Consumer;

/// <summary>A template that C# declares; the build writes its YAML.</summary>
[TaskTemplate("farewell", Namespace = "consumer", Version = "1.0.0")]
internal static partial class Farewell
{
    [StepHandler("wave")]
    public static int Wave([FromInput] int times) => times;

    [StepHandler("leave")]
    public static int Leave([FromStep] int wave) => wave;
}
