using Host;
using Library;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tasker;
using Tasker.Client;

HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
builder.Services.AddTasker().AddHandlers().AddLibraryHandlers().UseEmbeddedInMemory();
using IHost host = builder.Build();
await host.StartAsync().ConfigureAwait(false);

ITaskClient tasks = host.Services.GetRequiredService<ITaskClient>();
TaskHandle task = await tasks.StartAsync(Welcome.Template, new Visitor("Ada", [Language.German])).ConfigureAwait(false);
Greeting greeting = await task.ResultOf(Welcome.Steps.Greet).ConfigureAwait(false);
int length = await task.ResultOf(Welcome.Steps.Measure).ConfigureAwait(false);
string shouted = await task.ResultOf(Welcome.Steps.Shout).ConfigureAwait(false);
TaskHandle signing = await tasks.StartAsync(Signing.Template, new Signing.Inputs("Ada", Language.German)).ConfigureAwait(false);
string signature = await signing.ResultOf(Signing.Steps.Sign).ConfigureAwait(false);
await Console.Out.WriteLineAsync($"{greeting.Text} in {greeting.Language}: {length}, {shouted}, {signature}").ConfigureAwait(false);

await host.StopAsync().ConfigureAwait(false);

internal static class Steps
{
    [StepHandler("measure")]
    public static int Measure([FromStep] Greeting greet) => greet.Text.Length;
}
