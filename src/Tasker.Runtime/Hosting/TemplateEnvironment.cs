using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Tasker.Templates;

namespace Tasker.Hosting;

/// <summary>
/// Where the host runs, as templates know it (protocol sheet §3.2, <c>environments</c>). Overrides apply in the order in which the template lists them:
/// a <c>retry</c> block replaces the step's whole one, a timeout replaces the timeout, members of <c>initialization</c> are merged into the step's
/// configuration. Immutable, safe to share between threads.
/// </summary>
/// <param name="name">The environment's name; <see langword="null"/> when no override applies.</param>
public sealed class TemplateEnvironment(string? name)
{
    /// <summary>The environment variable that names the environment when the host does not.</summary>
    public const string Variable = "TASKER_ENV";

    private const string AllSteps = "ALL";

    /// <summary>The environment's name; <see langword="null"/> when no override applies.</summary>
    public string? Name { get; } = name;

    /// <summary>The steps of a template as this environment has them, in template order.</summary>
    /// <exception cref="ConfigurationException">An override is for a step that the template does not have, or merges something that is no JSON object.</exception>
    public ImmutableArray<StepDefinition> StepsOf(TaskTemplate template)
    {
        ArgumentNullException.ThrowIfNull(template);
        if (Name is null || !template.Environments.TryGetValue(Name, out var overrides) || overrides.IsEmpty)
            return template.Steps;
        var steps = template.Steps.ToBuilder();
        foreach (var change in overrides)
        {
            var found = change.Step == AllSteps;
            for (var i = 0; i < steps.Count; i++)
            {
                if (change.Step != AllSteps && change.Step != steps[i].Name)
                    continue;
                steps[i] = Apply(template, steps[i], change);
                found = true;
            }

            if (!found)
            {
                throw new ConfigurationException(
                    $"The environment '{Name}' of template '{template}' changes the step '{change.Step}', which the template does not have. " +
                    $"Name one of its steps, or {AllSteps}.");
            }
        }

        return steps.ToImmutable();
    }

    internal static TemplateEnvironment FromVariable() =>
        new(Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } name ? name : null);

    private StepDefinition Apply(TaskTemplate template, StepDefinition step, StepOverride change)
    {
        if (change.Retry is { } retry)
            step = step with { Retry = retry };
        if (change.Timeout is { } timeout)
            step = step with { Timeout = timeout };
        if (change.Configuration is not { } configuration)
            return step;
        try
        {
            return step with { Configuration = Merge(step.Configuration, configuration) };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new ConfigurationException(
                $"The environment '{Name}' of template '{template}' cannot merge the configuration of step '{step.Name}': {exception.Message}", exception);
        }
    }

    private static byte[] Merge(ReadOnlyMemory<byte> basis, ReadOnlyMemory<byte> changes)
    {
        using var old = JsonDocument.Parse(basis);
        using var changed = JsonDocument.Parse(changes);
        var buffer = new ArrayBufferWriter<byte>(basis.Length + changes.Length);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var member in old.RootElement.EnumerateObject())
            {
                if (!changed.RootElement.TryGetProperty(member.Name, out _))
                    member.WriteTo(writer);
            }

            foreach (var member in changed.RootElement.EnumerateObject())
                member.WriteTo(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
