using Tasker;

namespace Library;

public sealed record Visitor(string Name, IReadOnlyList<Language> Languages);

public enum Language
{
    English,
    German,
}

public sealed record Greeting(string Text, Language Language);

public static class Reception
{
    [StepHandler("greet")]
    public static Greeting Greet(Visitor visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        var language = visitor.Languages[0];
        return new Greeting(language is Language.German ? $"Hallo {visitor.Name}" : $"Hello {visitor.Name}", language);
    }

    [StepHandler("sign")]
    public static string Sign([FromInput] string name, [FromInput] Language language) => $"{name} ({language})";

    [StepHandler("shout")]
    public static string Shout([FromStep] Greeting greet) => (greet?.Text ?? "").ToUpperInvariant();
}
