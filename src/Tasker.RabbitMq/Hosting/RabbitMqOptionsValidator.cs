using Microsoft.Extensions.Options;

namespace Tasker.RabbitMq.Hosting;

internal sealed class RabbitMqOptionsValidator : IValidateOptions<RabbitMqOptions>
{
    private const int MaxPrefetch = 1000;
    private static readonly TimeSpan ShortestHandBack = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public ValidateOptionsResult Validate(string? name, RabbitMqOptions options)
    {
        // The text itself is not repeated: it may hold a password.
        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out var url) || url.Scheme is not ("amqp" or "amqps") || url.Host.Length == 0)
            return Fail($"{nameof(RabbitMqOptions.Url)} is not valid; an example is 'amqp://tasker:...@localhost:5672/%2F'.");
        if (url.AbsolutePath.Trim('/').Contains('/'))
            return Fail($"{nameof(RabbitMqOptions.Url)} names a virtual host with a slash in it; write the slash as %2F.");
        if (options.Prefetch is < 1 or > MaxPrefetch)
            return Fail($"{nameof(RabbitMqOptions.Prefetch)} is {options.Prefetch}; it must be 1 to {MaxPrefetch}.");
        if (options.HandBackAfter < ShortestHandBack)
            return Fail($"{nameof(RabbitMqOptions.HandBackAfter)} is {options.HandBackAfter}; it must be {ShortestHandBack} or more.");
        if (options.Heartbeat < Second)
            return Fail($"{nameof(RabbitMqOptions.Heartbeat)} is {options.Heartbeat}; it must be {Second} or more.");
        if (options.ConfirmTimeout < Second)
            return Fail($"{nameof(RabbitMqOptions.ConfirmTimeout)} is {options.ConfirmTimeout}; it must be {Second} or more.");
        return ValidateOptionsResult.Success;
    }

    private static ValidateOptionsResult Fail(string message) => ValidateOptionsResult.Fail($"{nameof(RabbitMqOptions)}.{message}");
}
