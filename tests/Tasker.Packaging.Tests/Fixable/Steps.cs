using Tasker;

internal sealed record Person(string Name, int Visits);

internal static class Steps
{
    [StepHandler("look_up")]
    public static async Task<Person> LookUp([FromInput] string id)
    {
        await Task.Delay(10);
        return new(id, 3);
    }

    [Decision("route")]
    public static Decision Route([FromStep("lok_up")] Person person) => Decision.Route(person.Visits > 1 ? "gret" : "greet");

    [StepHandler("greet")]
    public static string Greet([FromStep("look_up")] Person person) => person.Name;

    [StepHandler("mail")]
    public static string Mail([FromStep("look_up")] Person person, [FromStep("note")] int note) => person.Name + note;
}

[TaskTemplate("audit", Namespace = "examples", Version = "1.0.0")]
internal static class Audit
{
    [StepHandler("check")]
    public static int Check() => 1;
}
