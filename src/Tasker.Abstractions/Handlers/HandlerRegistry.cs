using System.Collections.Immutable;
using Tasker.Templates;

namespace Tasker.Handlers;

/// <summary>The handlers and templates of one assembly. The generator emits one implementation an assembly; a host composes several.</summary>
public abstract class HandlerRegistry
{
    /// <summary>The assembly's handlers.</summary>
    public abstract ImmutableArray<HandlerAdapter> Handlers { get; }

    /// <summary>The assembly's templates.</summary>
    public abstract ImmutableArray<TaskTemplate> Templates { get; }
}
