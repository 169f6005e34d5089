using Tasker;

namespace Consumer;

internal sealed record Person(string Name);

internal sealed record Greeted(string Text);

internal sealed record Shouted(string Text);

internal static class GreetingSteps
{
    [StepHandler("greet")]
    public static Greeted Greet(Person person) => new($"hello {person.Name}");

    [StepHandler("shout")]
    public static async Task<Shouted> Shout([FromStep] Greeted greet, [FromConfig] string mark, CancellationToken cancellationToken)
    {
        await Task.CompletedTask.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Shouted(greet.Text.ToUpperInvariant() + mark);
    }
}
