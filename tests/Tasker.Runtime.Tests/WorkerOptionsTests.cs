using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Tasker.Work;
using Tasker.Worker;

namespace Tasker.Tests;

public sealed class WorkerOptionsTests
{
    public static TheoryData<Action<WorkerOptions>, string> Bad => new()
    {
        { options => options.MaxConcurrency = 0, "WorkerOptions.MaxConcurrency is 0; it must be 1 or more." },
        { options => options.DefaultTimeout = TimeSpan.Zero, "WorkerOptions.DefaultTimeout is 00:00:00; it must be positive, or null for no limit." },
        { options => options.CancellationGrace = Timeout.InfiniteTimeSpan, "WorkerOptions.CancellationGrace is -00:00:00.0010000; it must not be negative, and at most 24 days." },
        { options => options.CancellationGrace = TimeSpan.FromDays(25), "WorkerOptions.CancellationGrace is 25.00:00:00; it must not be negative, and at most 24 days." },
        { options => options.ShutdownGrace = TimeSpan.FromTicks(-1), "WorkerOptions.ShutdownGrace is -00:00:00.0000001; it must not be negative, and at most 24 days." },
        { options => options.ShutdownGrace = TimeSpan.FromDays(24.1), "WorkerOptions.ShutdownGrace is 24.02:24:00; it must not be negative, and at most 24 days." },
        { options => options.EventQueueCapacity = 0, "WorkerOptions.EventQueueCapacity is 0; it must be 1 or more." },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task An_option_out_of_range_is_named_when_the_host_starts(Action<WorkerOptions> configure, string message)
    {
        using var host = Build(configure);

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal([message], exception.Failures);
    }

    [Fact]
    public async Task The_longest_graces_are_waited_for_by_timers_that_take_them()
    {
        using var host = Build(options => options.ShutdownGrace = options.CancellationGrace = TimeSpan.FromDays(24));

        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static IHost Build(Action<WorkerOptions> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<IWorkSource>(new QueueWorkSource());
        builder.Services.AddTasker().ConfigureWorker(configure).AddRegistry(new TestRegistry());
        return builder.Build();
    }
}
