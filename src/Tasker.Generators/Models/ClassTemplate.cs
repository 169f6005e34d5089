using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Models;

/// <summary>A template that a C# class declares.</summary>
/// <param name="Template">The template.</param>
/// <param name="Class">The class.</param>
/// <param name="YamlFileName">The name of the generated file that holds the template as YAML.</param>
/// <param name="IsInputsTaken">Whether <c>Inputs</c> means something in the class already.</param>
internal sealed record ClassTemplate(TemplateModel Template, TemplateClassModel Class, string YamlFileName, bool IsInputsTaken);

/// <summary>A class of the user's that generated code completes.</summary>
/// <param name="Namespace">Its namespace, as source writes it; empty for the global one.</param>
/// <param name="Name">Its name, as source writes it, after those of the types around it.</param>
/// <param name="Declarations">How to open it again, from the outermost type inwards: <c>partial class Outer</c>, <c>partial class Inner</c>.</param>
/// <param name="FileName">The name of the generated file.</param>
internal sealed record TemplateClassModel(string Namespace, string Name, EquatableArray<string> Declarations, string FileName);
