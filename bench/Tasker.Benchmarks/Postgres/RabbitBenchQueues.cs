using Microsoft.Extensions.DependencyInjection;
using Tasker.Hosting;
using Tasker.Postgres.Fixture.RabbitMq;

namespace Tasker.Benchmarks.Postgres;

/// <summary>Queues of a RabbitMQ server.</summary>
internal sealed class RabbitBenchQueues(string url, AmqpQueues queues) : IBenchQueues
{
    public void UseBy(TaskerBuilder tasker) => tasker.UseRabbitMq(url, options => options.Prefetch = 1000);

    public Task SendAsync(IReadOnlyList<Guid> steps) => queues.SendAsync(TrivialFlow.Queue, steps.Select(step => $$"""{"step_uuid":"{{step}}"}"""));

    public async Task<Func<Task<long>>> CountResultsAsync()
    {
        var before = await queues.CountAsync(AmqpQueues.Results);
        return async () => await queues.CountAsync(AmqpQueues.Results) - before;
    }
}
