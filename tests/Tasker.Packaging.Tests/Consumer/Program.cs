using Consumer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tasker.Client;

HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
builder.Services.AddTasker().AddHandlers().UseEmbeddedInMemory();
using IHost host = builder.Build();
await host.StartAsync().ConfigureAwait(false);

ITaskClient tasks = host.Services.GetRequiredService<ITaskClient>();
TaskHandle task = await tasks.StartAsync(Greeting.Template, new Person("world")).ConfigureAwait(false);
Shouted shouted = await task.ResultOf(Greeting.Steps.Shout).ConfigureAwait(false);
TaskHandle farewell = await tasks.StartAsync(Farewell.Template, new Farewell.Inputs(2)).ConfigureAwait(false);
int waved = await farewell.ResultOf(Farewell.Steps.Leave).ConfigureAwait(false);
await Console.Out.WriteLineAsync($"{shouted.Text} {waved}").ConfigureAwait(false);

await host.StopAsync().ConfigureAwait(false);
