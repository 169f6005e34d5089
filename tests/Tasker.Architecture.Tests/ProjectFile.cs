using System.Xml.Linq;

namespace Tasker.Architecture.Tests;

/// <summary>What a project file says about dependencies.</summary>
/// <param name="Path">The file, relative to the repository, with slashes.</param>
/// <param name="References">The projects whose assemblies it compiles against.</param>
/// <param name="Analyzers">The projects that only take part in its compilation.</param>
/// <param name="Packages">The packages it refers to.</param>
internal sealed record ProjectFile(string Path, string[] References, string[] Analyzers, string[] Packages)
{
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public string Area => Path.Split('/')[0];

    public static ProjectFile Parse(string path, string xml)
    {
        var items = XDocument.Parse(xml).Descendants().ToList();
        var references = items.Where(item => item.Name.LocalName == "ProjectReference").ToLookup(IsAnalyzer, Target);
        return new ProjectFile(
            path,
            [.. references[false]],
            [.. references[true]],
            [.. items.Where(item => item.Name.LocalName == "PackageReference").Select(item => (string?)item.Attribute("Include") ?? "").Where(name => name != "")]);
    }

    private static bool IsAnalyzer(XElement reference) =>
        string.Equals(Metadata(reference, "ReferenceOutputAssembly"), "false", StringComparison.OrdinalIgnoreCase);

    private static string Target(XElement reference) =>
        System.IO.Path.GetFileNameWithoutExtension(((string?)reference.Attribute("Include") ?? "").Replace('\\', '/'));

    private static string? Metadata(XElement item, string name) =>
        (string?)item.Attribute(name) ?? item.Elements().FirstOrDefault(child => child.Name.LocalName == name)?.Value;
}
