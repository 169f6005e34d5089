using Tasker.Json;

namespace Tasker.Templates;

/// <summary>A step's name. Generated <c>Steps</c> classes offer one a step, so a misspelt name does not compile.</summary>
/// <param name="Value">The name as the template writes it.</param>
public readonly record struct StepName(string Value)
{
    /// <summary>Wraps a name that is only known as text.</summary>
    public static implicit operator StepName(string value) => new(value);

    /// <summary>The name as the template writes it.</summary>
    public static StepName FromString(string value) => new(value);

    /// <summary>The name as the template writes it.</summary>
    public override string ToString() => Value;
}

/// <summary>A step of a compiled template whose result type the compiler does not know.</summary>
/// <param name="name">The step's name.</param>
public class StepRef(string name)
{
    /// <summary>The step's name.</summary>
    public string Name { get; } = name;

    /// <summary>The step's name.</summary>
    public static implicit operator StepName(StepRef step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return new StepName(step.Name);
    }

    /// <summary>The step's name.</summary>
    public StepName ToStepName() => new(Name);

    /// <summary>The step's name.</summary>
    public override string ToString() => Name;
}

/// <summary>A step of a compiled template that returns a <typeparamref name="TResult"/>.</summary>
/// <typeparam name="TResult">What the step's handler returns.</typeparam>
/// <param name="name">The step's name.</param>
/// <param name="codec">Reads the step's result.</param>
public sealed class StepRef<TResult>(string name, JsonCodec<TResult> codec) : StepRef(name)
{
    /// <summary>Reads the step's result.</summary>
    public JsonCodec<TResult> Codec { get; } = codec;
}
