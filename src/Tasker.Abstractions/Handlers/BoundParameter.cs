using System.Text;

namespace Tasker.Handlers;

/// <summary>A handler's parameter as the generator saw it: the names that messages and lookups need.</summary>
/// <param name="parameter">The parameter's name in C#.</param>
/// <param name="name">The JSON member or the step that it is bound to; empty when it is bound to a whole object.</param>
/// <param name="requiredMembers">The members a whole object must have.</param>
public sealed class BoundParameter(string parameter, string name, params string[] requiredMembers)
{
    /// <summary>The parameter's name in C#.</summary>
    public string Parameter { get; } = parameter;

    /// <summary>The JSON member or the step that it is bound to.</summary>
    public string Name { get; } = name;

    internal byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(name);

    internal string[] RequiredMembers { get; } = requiredMembers;

    internal byte[][] Utf8RequiredMembers { get; } = Array.ConvertAll(requiredMembers, Encoding.UTF8.GetBytes);
}
