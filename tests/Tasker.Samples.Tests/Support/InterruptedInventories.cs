using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tasker.Client;
using Tasker.Samples.Workflow;

namespace Tasker.Samples.Tests;

/// <summary>Inventories that a process left in a database before its worker began with them.</summary>
internal static class InterruptedInventories
{
    /// <summary>The engine runs, the worker never starts.</summary>
    /// <returns>The tasks' ids.</returns>
    public static async Task<List<Guid>> LeaveAsync(string database, params InventoryRequest[] requests)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddTasker().AddCsvInventoryHandlers().UseEmbedded($"Data Source={database}");
        using var host = builder.Build();
        var engine = host.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>().Single();
        await engine.StartingAsync(CancellationToken.None);
        var tasks = new List<Guid>();
        foreach (var request in requests)
            tasks.Add((await host.Services.GetRequiredService<ITaskClient>().StartAsync(CsvInventory.Template, request)).Id);
        await engine.StoppedAsync(CancellationToken.None);
        return tasks;
    }
}
