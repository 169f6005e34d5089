using System.Text.Json;

namespace Tasker.Postgres.Fixture.Orchestrator;

/// <summary>The steps of a template, from <c>named_tasks.configuration</c>.</summary>
internal sealed class StoredSteps
{
    private readonly JsonElement _steps;

    public StoredSteps(string configuration)
    {
        using var document = JsonDocument.Parse(configuration);
        _steps = document.RootElement.GetProperty("steps").Clone();
    }

    public IEnumerable<StoredStep> All => _steps.EnumerateArray().Select(step => new StoredStep(step));

    public StoredStep? Find(string name) => All.FirstOrDefault(step => step.Name == name);

    /// <summary>The steps that exist from the start (protocol sheet §3.2): not those behind a decision, no batch workers, and convergences only if a decision is about.</summary>
    public IEnumerable<StoredStep> Initial()
    {
        var behind = new HashSet<string>();
        var any = All.Any(step => step.Type == "decision");
        for (var grown = true; grown;)
        {
            grown = false;
            foreach (var step in All)
            {
                if (step.Dependencies.Any(name => behind.Contains(name) || Find(name)!.Type == "decision"))
                    grown |= behind.Add(step.Name);
            }
        }

        return All.Where(step => step.Type != "batch_worker" && !behind.Contains(step.Name) && (any || step.Type != "deferred_convergence"));
    }
}

/// <summary>One step of a template.</summary>
internal sealed class StoredStep(JsonElement step)
{
    public string Name { get; } = step.GetProperty("name").GetString()!;

    public string Type { get; } = step.GetProperty("type").GetString()!;

    public string[] Dependencies { get; } = [.. step.GetProperty("dependencies").EnumerateArray().Select(name => name.GetString()!)];

    public bool Retryable { get; } = step.GetProperty("retry").GetProperty("retryable").GetBoolean();

    public int MaxAttempts { get; } = step.GetProperty("retry").GetProperty("max_attempts").GetInt32();

    public JsonElement Initialization { get; } = step.GetProperty("handler").GetProperty("initialization");

    public JsonElement BatchConfiguration { get; } = step.GetProperty("batch_config");

    /// <summary>The inputs of an ordinary step: its initialization, or nothing when that is empty (§5.3).</summary>
    public string? Inputs => Initialization.EnumerateObject().Any() ? Initialization.GetRawText() : null;
}
