using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;

namespace Tasker.Generators.Templates;

/// <summary>
/// What parsing a file yields. The three parts change for different reasons, so the pipeline takes them apart: the model feeds the source, the
/// places and the issues feed diagnostics only.
/// </summary>
/// <param name="Path">The file.</param>
/// <param name="Model">The template, as far as it could be read; <see langword="null"/> when not even its name is known.</param>
/// <param name="NamePlace">Where the name is.</param>
/// <param name="Steps">Where each step's name is, in the order of the model's steps.</param>
/// <param name="Callables">Where each step's callable is, in the order of the model's steps.</param>
/// <param name="Issues">What is wrong.</param>
internal sealed record ParsedTemplate(
    string Path,
    TemplateModel? Model,
    SourceRange NamePlace,
    EquatableArray<SourceRange> Steps,
    EquatableArray<SourceRange> Callables,
    EquatableArray<TemplateIssue> Issues);
