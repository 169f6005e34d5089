using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tasker.Postgres.Tests.Support;

// A worker that runs steps, or hangs in them, until it is killed or its input closes.
var (connectionString, @namespace, name, mode) = (args[0], args[1], args[2], args[3]);
var flow = new CoreFlow { Namespace = @namespace };
flow.Add(flow.Define("only", []), async (context, outcome) =>
{
    if (mode == "hang")
        await Task.Delay(Timeout.Infinite, CancellationToken.None);
    await CoreFlow.Ran(context, outcome);
});
var builder = Host.CreateEmptyApplicationBuilder(null);
builder.Services.AddTasker()
    .AddRegistry(flow)
    .ConfigureWorker(options => options.MaxConcurrency = 4)
    .UseTaskerCore(connectionString, options => options.WorkerName = name);
using var host = builder.Build();
await host.StartAsync();
Console.WriteLine("started");
await Console.In.ReadToEndAsync();
