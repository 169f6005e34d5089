using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace Tasker.Generators.Tests.Projects;

/// <summary>Sources, templates and settings, as the SDK gives them to the compiler.</summary>
internal class Project
{
    public string Name { get; init; } = "Shop";

    public string RootNamespace { get; init; } = "Shop";

    public LanguageVersion Language { get; init; } = LanguageVersion.CSharp14;

    public bool IsNullable { get; init; } = true;

    public bool IsChecked { get; init; }

    public bool IsExecutable { get; init; }

    /// <summary>Whether it refers to the <see cref="SharedLibrary"/>.</summary>
    public bool SharesLibrary { get; init; }

    public List<string> Sources { get; init; } = [];

    public List<(string Path, string Text)> Templates { get; init; } = [];

    public override string ToString()
    {
        var text = new StringBuilder($"assembly {Name}, root namespace '{RootNamespace}', C# {Language}, nullable {IsNullable}, checked {IsChecked}, executable {IsExecutable}\n");
        foreach (var source in Sources)
            text.AppendLine("// ---- source").AppendLine(source);
        foreach (var (path, yaml) in Templates)
            text.AppendLine("# ---- " + path).AppendLine(yaml);
        return text.ToString();
    }
}
