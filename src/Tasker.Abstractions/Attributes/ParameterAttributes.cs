namespace Tasker;

/// <summary>Binds a parameter to one member of the task's context (its inputs).</summary>
/// <param name="name">The member's JSON name; derived from the parameter when not given (<c>csvFilePath</c> reads <c>csv_file_path</c>).</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FromInputAttribute(string? name = null) : Attribute
{
    /// <summary>The member's JSON name, or <see langword="null"/> when it is derived from the parameter.</summary>
    public string? Name { get; } = name;
}

/// <summary>
/// Binds a parameter to the result of another step. The step must be an ancestor of the handler's step. A nullable parameter is
/// <see langword="null"/> when that step was not part of the run, such as a branch that was not taken.
/// </summary>
/// <param name="step">The step's name; derived from the parameter when not given (<c>autoApprove</c> reads <c>auto_approve</c>).</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FromStepAttribute(string? step = null) : Attribute
{
    /// <summary>The step's name, or <see langword="null"/> when it is derived from the parameter.</summary>
    public string? Step { get; } = step;
}

/// <summary>Binds a parameter to one member of the step's configuration (<c>handler.initialization</c> of the template).</summary>
/// <param name="name">The member's JSON name; derived from the parameter when not given (<c>batchSize</c> reads <c>batch_size</c>).</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FromConfigAttribute(string? name = null) : Attribute
{
    /// <summary>The member's JSON name, or <see langword="null"/> when it is derived from the parameter.</summary>
    public string? Name { get; } = name;
}

/// <summary>Binds a parameter to a service of the host.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FromServicesAttribute : Attribute;
