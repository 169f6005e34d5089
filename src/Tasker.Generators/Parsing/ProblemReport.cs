using Microsoft.CodeAnalysis;

namespace Tasker.Generators.Parsing;

/// <summary>Takes what is wrong with a handler. The generator passes none and skips the handler; the analyzer reports it.</summary>
internal delegate void ProblemReport(DiagnosticDescriptor rule, Location? location, params string[] arguments);
