using System.Linq;
using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Models;

/// <summary>What handlers read of a task's context by <c>[FromInput]</c>, as the members of a record that they all can be served from.</summary>
internal static class ReadInputs
{
    /// <summary>What one handler reads; <see langword="null"/> when it takes the context as a whole, so that nobody knows.</summary>
    public static EquatableArray<InputModel>? Of(EquatableArray<ParameterModel> parameters) =>
        parameters.Any(static parameter => parameter.Source is ParameterSource.WholeInput)
            ? null
            : [.. parameters.Where(static parameter => parameter.Source is ParameterSource.Input).Select(Of)];

    /// <summary>What all of them read; <see langword="null"/> when one of them is not known, or when one name is read as several types.</summary>
    public static EquatableArray<InputModel>? Merge(IEnumerable<EquatableArray<InputModel>?> handlers)
    {
        var order = new List<string>();
        var members = new Dictionary<string, InputModel>(StringComparer.Ordinal);
        foreach (var inputs in handlers)
        {
            if (inputs is null)
                return null;
            foreach (var input in inputs)
            {
                if (!members.TryGetValue(input.JsonName, out var known))
                    order.Add(input.JsonName);
                else if (known.Value!.Type.TypeName != input.Value!.Type.TypeName)
                    return null;
                members[input.JsonName] = known is { IsRequired: true } ? known : input;
            }
        }

        return order.ConvertAll(name => members[name]).ToEquatableArray();
    }

    private static InputModel Of(ParameterModel parameter)
    {
        var value = parameter.Value!;
        return new InputModel(parameter.Binding, InputType.Value, IsArray: false, IsRequired: parameter.Default is null, Description: null, [])
        {
            Value = value with { Type = value.Type.Underlying ?? value.Type },
        };
    }
}
