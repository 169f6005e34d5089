using Tasker.Handlers;

namespace Tasker.Http;

/// <summary>Binds the <see cref="ApiClient"/> parameter of a handler. Called by generated code.</summary>
public static class ApiBinding
{
    /// <summary>The client of a handler's callable, for the length of the step's attempt.</summary>
    /// <exception cref="ConfigurationException">There is no such client, or it is set up wrongly, such as with an empty secret.</exception>
    public static ApiClient Client(StepBinder bind, string callable) => bind.Service<ApiClientFactory>().Create(callable, bind.CancellationToken);
}
