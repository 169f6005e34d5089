using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tasker.Client;
using Tasker.Embedded.Tests.Support;

// Starts tasks in the database it is given and says which ones were acknowledged, until it is killed.
var builder = Host.CreateEmptyApplicationBuilder(null);
var flow = CrashFlow.Create();
builder.Services.AddTasker().AddRegistry(flow).UseEmbedded("Data Source=" + args[0]);
using var host = builder.Build();
await host.StartAsync();

var client = host.Services.GetRequiredService<ITaskClient>();
var gate = new Lock();
await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
{
    while (true)
    {
        var task = await client.StartAsync(flow.Template, "{}");
        lock (gate)
            Console.WriteLine(CrashFlow.Acknowledged + task.Id);
    }
}));
