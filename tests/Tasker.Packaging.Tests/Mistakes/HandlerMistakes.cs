using Tasker;

namespace Mistakes;

// TSKR0002
internal static class Twice
{
    [StepHandler("twice")] public static void First() { }
    [StepHandler("twice")] public static void Second() { }
}

internal abstract class Abstract
{
    // TSKR0007
    [StepHandler("abstract")] public void Run() { }
}

// TSKR0011
[TaskTemplate("closed", Namespace = "mistakes", Version = "1.0.0")]
internal static class Closed
{
    [StepHandler("closed")] public static void Run() { }
}

internal sealed record Untyped(object Anything);

internal static class HandlerMistakes
{
    // TSKR0001
    [StepHandler("unbound")] public static void Unbound(int count) { }

    // TSKR0003
    [StepHandler("private")] private static void Private() { }

    // TSKR0004
    [StepHandler("generic")] public static void Generic<T>() { }

    // TSKR0005
    [StepHandler("async_void")] public static async void AsyncVoid() => await Task.Yield();

    // TSKR0006
    [Decision("number")] public static int Number() => 1;

    // TSKR0008
    [StepHandler("")] public static void Nameless() { }

    // TSKR0009
    [StepHandler("nobody_uses_me")] public static void Unused() { }

    // TSKR0012
    [ApiHandler("no_client")] public static void NoClient() { }

    // TSKR3001
    [StepHandler("untyped")] public static Untyped Return() => new("x");

    // TSKR4001
    [StepHandler("blocking")] public static void Block() => Thread.Sleep(1);

    // TSKR4002
    [StepHandler("unstoppable")] public static async Task Unstoppable() => await Task.Delay(1);
}
