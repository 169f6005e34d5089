using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using Tasker.Postgres.Tests.Support;
using Tasker.RabbitMq.Tests.Support;

namespace Tasker.RabbitMq.Tests;

/// <summary>What a worker says when it cannot use the broker it was given.</summary>
public sealed class ConfigurationTests(Databases databases, Brokers brokers)
{
    public static TheoryData<string, Action<RabbitMqOptions>, string> Wrong => new()
    {
        { "http://localhost", _ => { }, "RabbitMqOptions.Url is not valid" },
        { "localhost:5672", _ => { }, "RabbitMqOptions.Url is not valid" },
        { "amqp://localhost/a/b", _ => { }, "write the slash as %2F" },
        { "amqp://localhost", options => options.Prefetch = 0, "RabbitMqOptions.Prefetch is 0; it must be 1 to 1000" },
        { "amqp://localhost", options => options.Prefetch = 1001, "RabbitMqOptions.Prefetch is 1001; it must be 1 to 1000" },
        { "amqp://localhost", options => options.HandBackAfter = TimeSpan.Zero, "RabbitMqOptions.HandBackAfter is 00:00:00" },
        { "amqp://localhost", options => options.Heartbeat = TimeSpan.Zero, "RabbitMqOptions.Heartbeat is 00:00:00" },
        { "amqp://localhost", options => options.ConfirmTimeout = TimeSpan.Zero, "RabbitMqOptions.ConfirmTimeout is 00:00:00" },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public async Task Wrong_options_are_named(string url, Action<RabbitMqOptions> change, string problem)
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => RabbitFlow.StartAsync(databases.Shared, new CoreFlow().Step("only"), url, rabbit: change));

        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_does_not_answer_is_waited_for_and_then_named()
    {
        var exception = await Assert.ThrowsAsync<ConfigurationException>(() => RabbitFlow.StartAsync(
            databases.Shared, new CoreFlow().Step("only"), "amqp://guest:secret@127.0.0.1:1/%2F", options => options.StartTimeout = TimeSpan.FromMilliseconds(1)));

        Assert.Contains("RabbitMQ at 127.0.0.1:1 does not answer", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("guest:wrong", "%2F", "refuses user 'guest' in virtual host '/'")]
    [InlineData("guest:guest", "nowhere", "refuses user 'guest' in virtual host 'nowhere'")]
    public async Task A_broker_that_refuses_the_worker_is_named_at_once(string user, string host, string problem)
    {
        var address = new Uri(brokers.Url);
        var exception = await Assert.ThrowsAsync<ConfigurationException>(() => RabbitFlow.StartAsync(
            databases.Shared, new CoreFlow().Step("only"), $"amqp://{user}@{address.Host}:{address.Port}/{host}"));

        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_queue_that_others_declared_differently_is_named()
    {
        var flow = new CoreFlow().Step("only");
        await using (var connection = await new ConnectionFactory { Uri = new Uri(brokers.Url) }.CreateConnectionAsync(CoreHost.Token))
        await using (var channel = await connection.CreateChannelAsync(cancellationToken: CoreHost.Token))
            await channel.QueueDeclareAsync(flow.Queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: CoreHost.Token);

        var exception = await Assert.ThrowsAsync<ConfigurationException>(() => RabbitFlow.StartAsync(databases.Shared, flow, brokers.Url));

        Assert.Contains($"refuses to declare queue '{flow.Queue}'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("x-dead-letter-exchange", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_have_one_transport()
    {
        var tasker = new ServiceCollection().AddTasker().UseTaskerCore("Host=localhost").UseRabbitMq("amqp://localhost");

        Assert.Contains("already have a transport", Assert.Throws<ConfigurationException>(() => tasker.UsePgmqDatabase("Host=localhost")).Message, StringComparison.Ordinal);
    }
}
