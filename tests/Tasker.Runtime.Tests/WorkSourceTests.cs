using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tasker.Work;

namespace Tasker.Tests;

public sealed class WorkSourceTests
{
    [Theory]
    [InlineData("Production")]
    [InlineData("Development")] // where the host makes sure of its services when it is built
    public async Task A_host_without_a_work_source_says_what_to_call(string environment)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        builder.Services.AddTasker();
        builder.Services.AddTasker().AddRegistry(new TestRegistry());
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(
            "This host has no work source, so no task can run. Call UseEmbedded(\"Data Source=tasker.db\"), UseEmbeddedInMemory(), UseTaskerCore(...) or another Use method after AddTasker().",
            error.Message);
    }

    [Fact]
    public void A_host_has_one_work_source()
    {
        var tasker = new ServiceCollection().AddTasker().AddWorkSource<QueueWorkSource>();

        var error = Assert.Throws<ConfigurationException>(tasker.AddWorkSource<QueueWorkSource>);

        Assert.Equal("This host already has a work source. Call UseEmbedded, UseEmbeddedInMemory, UseTaskerCore or another Use method once.", error.Message);
        Assert.Single(tasker.Services, service => service.ServiceType == typeof(IWorkSource));
    }
}
