using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tasker;
using Tasker.Client;

var builder = Host.CreateEmptyApplicationBuilder(settings: null);
builder.Services.AddTasker().AddHandlers().UseEmbedded($"Data Source={args[0]}");
using var host = builder.Build();
await host.StartAsync();
Console.Out.WriteLine("ready");
Console.Out.Flush();
Console.In.ReadLine();
var task = await host.Services.GetRequiredService<ITaskClient>().StartAsync(AotFlow.Template, new AotNumber(20));
Console.Out.WriteLine((await task.ResultOf(AotFlow.Steps.AotDouble)).Value);
await host.StopAsync();

internal sealed record AotNumber(int Value);

[TaskTemplate("aot", Namespace = "bench", Version = "1.0.0")]
internal static partial class AotFlow
{
    [StepHandler("aot_add")]
    public static AotNumber Add(AotNumber number) => new(number.Value + 1);

    [StepHandler("aot_double")]
    public static AotNumber Double([FromStep("aot_add")] AotNumber number) => new(number.Value * 2);
}
