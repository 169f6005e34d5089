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
await Console.Out.WriteLineAsync(shouted.Text).ConfigureAwait(false);

await host.StopAsync().ConfigureAwait(false);
