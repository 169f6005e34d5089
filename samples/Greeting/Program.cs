using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tasker;
using Tasker.Client;
using Tasker.Samples; // the project's root namespace, where the template's class Greeting is

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddTasker().AddHandlers().UseEmbeddedInMemory(); // or .UseEmbedded("Data Source=tasks.db"): tasks survive a crash
using var host = builder.Build();
await host.StartAsync();
var task = await host.Services.GetRequiredService<ITaskClient>().StartAsync(Greeting.Template, new Visitor("ada"));
Console.WriteLine(await task.ResultOf(Greeting.Steps.Greet));
await host.StopAsync();

internal sealed record Visitor(string Id);
internal sealed record Person(string Name, int Visits);

internal static class GreetingSteps
{
    [StepHandler("look_up")]
    public static Person LookUp(Visitor visitor) => new(visitor.Id.ToUpperInvariant(), Visits: 3);

    [StepHandler("greet")] // reading a step that does not exist, or as a type it does not return, does not compile
    public static string Greet([FromStep("look_up")] Person person) => $"Welcome back, {person.Name}: visit {person.Visits}.";
}
