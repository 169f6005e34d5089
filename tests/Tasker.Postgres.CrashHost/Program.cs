using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tasker.Postgres.Tests.Support;

// A worker that runs steps, hangs in them, or waits in them for a line (and tells of them in a domain event), until it is killed or its input closes.
var (connectionString, @namespace, name, mode) = (args[0], args[1], args[2], args[3]);
var gate = new TaskCompletionSource();
var flow = new CoreFlow { Namespace = @namespace };
flow.Add(mode == "tell" ? flow.DefineTelling("only") : flow.Define("only", []), async (context, outcome) =>
{
    if (mode == "hang")
        await Task.Delay(Timeout.Infinite, CancellationToken.None);
    if (mode is "gate" or "tell")
        await gate.Task;
    await CoreFlow.Ran(context, outcome);
});
var builder = Host.CreateEmptyApplicationBuilder(null);
var tasker = builder.Services.AddTasker()
    .AddRegistry(flow)
    .ConfigureWorker(options => options.MaxConcurrency = 4)
    .UseTaskerCore(connectionString, options => options.WorkerName = name);
if (args is [_, _, _, _, var queues])
{
    if (queues.StartsWith("amqp", StringComparison.Ordinal))
        tasker.UseRabbitMq(queues);
    else
        tasker.UsePgmqDatabase(queues);
}

using var host = builder.Build();
await host.StartAsync();
Console.WriteLine("started");
while (await Console.In.ReadLineAsync() is not null)
    gate.TrySetResult();
