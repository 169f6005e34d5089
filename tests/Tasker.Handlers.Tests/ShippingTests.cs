using Microsoft.Extensions.DependencyInjection;
using Tasker.Testing;

namespace Tasker.Examples;

public sealed class ShippingTests
{
    [Theory]
    [InlineData("Rome", """parcel.shipped: {"tracking":"T-4"}""")]
    [InlineData("", """parcel.lost: {"message":"A parcel needs an address.","error_type":"business_logic_error","retryable":false}""")]
    public async Task A_step_publishes_what_its_template_declares(string address, string expected)
    {
        var host = new WorkflowTestHost(tasker => tasker.AddHandlers().AddEventSubscriber<ParcelLog>("parcel.*").Services.AddSingleton<ParcelLog>());
        var log = host.Services.GetRequiredService<ParcelLog>();

        await host.RunAsync(Shipping.Template, new Parcel(address), TestContext.Current.CancellationToken);
        await host.DisposeAsync();

        Assert.Equal([expected], log.Lines);
    }
}
