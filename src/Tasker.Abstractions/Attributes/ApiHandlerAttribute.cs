namespace Tasker;

/// <summary>
/// Makes a method the handler of a <c>standard</c> step that calls an HTTP API. The method takes an <c>ApiClient</c>; whatever the API
/// answers or fails to answer becomes a failure that is retried or not by its status. The address and the time of a call are defaults of the
/// code: the host overrides each of them, and adds secrets and certificates, with <c>AddApiClient</c>.
/// </summary>
/// <remarks>
/// A handler of another kind may take an <c>ApiClient</c> too. Then the host gives its address, with <c>AddApiClient</c> and the handler's callable.
/// </remarks>
/// <param name="callable">The stable name that templates refer to. It is also the name of the handler's API client.</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class ApiHandlerAttribute(string callable) : HandlerAttribute(callable)
{
    /// <summary>
    /// The absolute <c>http</c> or <c>https</c> address that the paths of requests are added to, such as <c>https://rates.example/v1</c>.
    /// Unset leaves it to the host.
    /// </summary>
    public string? BaseAddress { get; set; }

    /// <summary>
    /// How long one call may take, in seconds: 1 or more. Unset (0) means the default of 30 seconds. How long the whole attempt may take is
    /// <see cref="HandlerAttribute.TimeoutSeconds"/>.
    /// </summary>
    public int CallTimeoutSeconds { get; set; }
}
