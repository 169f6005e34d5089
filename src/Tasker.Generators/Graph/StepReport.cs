namespace Tasker.Generators.Graph;

/// <summary>Takes what is wrong with a step of a template, wherever the template is written.</summary>
/// <param name="ruleId">The rule that is broken.</param>
/// <param name="step">The step's index.</param>
/// <param name="dependency">The index of the dependency that it is about, or -1 for the step itself.</param>
/// <param name="arguments">What the rule's message is about.</param>
internal delegate void StepReport(string ruleId, int step, int dependency, params string[] arguments);
