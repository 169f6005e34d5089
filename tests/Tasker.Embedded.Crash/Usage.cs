namespace Tasker.Embedded.Crash;

internal static class Usage
{
    public static int Print()
    {
        Console.Error.WriteLine(
            """
            Tries to make the embedded engine lose work.

              [kill] --minutes N [--seed N]                processes that are killed while they work, half of the time with a disk that fails
              simulate [--seed N] [--count N] [--sqlite]   random workflows against a model, one thread, a clock of its own
            """);
        return 2;
    }
}
