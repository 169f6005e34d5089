using Microsoft.Extensions.DependencyInjection.Extensions;
using Tasker;
using Tasker.Client;
using Tasker.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the check of contexts against JSON schemas.</summary>
public static class JsonSchemaTaskerBuilderExtensions
{
    /// <summary>
    /// Checks the context of each task at submission against the <c>input_schema</c> of its template. A context that does not fit is refused with a
    /// <see cref="ValidationException"/> that lists every violation. Not for Native AOT: the library behind it uses reflection.
    /// </summary>
    /// <param name="tasker">The host's Tasker.</param>
    public static TaskerBuilder AddJsonSchemaValidation(this TaskerBuilder tasker)
    {
        ArgumentNullException.ThrowIfNull(tasker);
        tasker.Services.TryAddSingleton<ISchemaValidator, JsonSchemaValidator>();
        return tasker;
    }
}
