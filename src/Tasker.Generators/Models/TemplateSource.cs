using Tasker.Generators.Infrastructure;
using Tasker.Generators.Json;

namespace Tasker.Generators.Models;

/// <summary>All that the source of one template needs.</summary>
/// <param name="Assembly">The assembly's name.</param>
/// <param name="Template">The template.</param>
/// <param name="Namespace">The namespace of its class; empty for the global one.</param>
/// <param name="ClassName">The name of its class, dotted when it is nested.</param>
/// <param name="Results">What each step returns, in the order of the steps; <see langword="null"/> where the compiler does not know.</param>
/// <param name="Input">The type of the task's context, if the handlers agree on one.</param>
/// <param name="Inputs">
/// Otherwise the members of the context, by the template's <c>input_schema</c> or else by what the handlers read; empty when they read nothing,
/// <see langword="null"/> when nobody knows.
/// </param>
/// <param name="Class">The user's class that the source completes; <see langword="null"/> when the template comes from a file.</param>
internal sealed record TemplateSource(
    string Assembly,
    TemplateModel Template,
    string Namespace,
    string ClassName,
    EquatableArray<StepResultModel> Results,
    ValueModel? Input,
    EquatableArray<InputModel>? Inputs,
    TemplateClassModel? Class = null)
{
    /// <summary>The <see cref="JsonTypeModel.ClassName"/> of each serializer that the template names.</summary>
    public IEnumerable<string> Serializers
    {
        get
        {
            if (Input?.Type.ModelName is { } input)
                yield return input;
            for (var i = 0; i < Inputs?.Count; i++)
            {
                if (Inputs[i].Value?.Type.ModelName is { } member)
                    yield return member;
            }

            for (var i = 0; i < Results.Count; i++)
            {
                if (Results[i].Value?.Type.ModelName is { } result)
                    yield return result;
            }
        }
    }

    /// <summary>The name of the generated file.</summary>
    public string FileName => Class?.FileName ?? $"Tasker.Templates.{ClassName}.g.cs";

    /// <summary>The class, as source writes it.</summary>
    public string Type => "global::" + (Namespace.Length == 0 ? "" : Namespace + ".") + ClassName;
}

/// <summary>What a step returns.</summary>
/// <param name="Value">The type, if the compiler knows.</param>
/// <param name="IsKnown">Whether the compiler knows what the handler returns, so that the template's <c>result_schema</c> need not say it.</param>
internal sealed record StepResultModel(ValueModel? Value, bool IsKnown);
