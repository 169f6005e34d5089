using System.Text;

namespace Tasker.Handlers;

/// <summary>A handler's parameter that is bound to JSON, as the generator saw it: the names that messages and lookups need.</summary>
/// <param name="parameter">The parameter's name in C#.</param>
/// <param name="name">The JSON member or the step that it is bound to; empty when it is bound to a whole object.</param>
internal sealed class BoundParameter(string parameter, string name)
{
    public string Parameter { get; } = parameter;

    public string Name { get; } = name;

    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(name);
}
