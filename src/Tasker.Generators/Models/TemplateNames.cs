using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Models;

/// <summary>A template and the file it comes from.</summary>
internal sealed record LocatedTemplate(string Path, TemplateModel Template, SourceRange NamePlace);

/// <summary>The class name of a file's template.</summary>
internal sealed record TemplateName(string Path, string ClassName);

/// <summary>A template that another file defines already.</summary>
internal sealed record TemplateDuplicate(string Path, SourceRange Place, string Identity, string FirstPath);

/// <summary>The class names of all templates, chosen together so that no two are the same.</summary>
internal sealed record TemplateNames(EquatableArray<TemplateName> Names, EquatableArray<TemplateDuplicate> Duplicates)
{
    public static TemplateNames Create(List<LocatedTemplate> templates, Func<string, string> className)
    {
        templates.Sort((left, right) => Compare(left, right));
        var names = new List<TemplateName>();
        var duplicates = new List<TemplateDuplicate>();
        var firstPaths = new Dictionary<string, string>(StringComparer.Ordinal);
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (path, template, place) in templates)
        {
            if (firstPaths.TryGetValue(template.Identity, out var firstPath))
            {
                duplicates.Add(new TemplateDuplicate(path, place, template.Identity, firstPath));
                continue;
            }

            // Of several versions or namespaces of one name, all but the first carry their version.
            firstPaths.Add(template.Identity, path);
            var name = className(template.Name);
            if (!taken.Add(name))
            {
                name += "V" + Identifiers.ToPascalCase(template.Version.Replace('.', '_')).TrimStart('_');
                var versioned = name;
                for (var suffix = 2; !taken.Add(name); suffix++)
                    name = $"{versioned}_{suffix}";
            }

            names.Add(new TemplateName(path, name));
        }

        return new TemplateNames(names.ToEquatableArray(), duplicates.ToEquatableArray());
    }

    /// <summary>The class name of a file's template, or <see langword="null"/> when another file defines the same one.</summary>
    public string? Find(string path)
    {
        foreach (var name in Names)
        {
            if (name.Path == path)
                return name.ClassName;
        }

        return null;
    }

    private static int Compare(LocatedTemplate left, LocatedTemplate right)
    {
        var byIdentity = string.CompareOrdinal(left.Template.Identity, right.Template.Identity);
        return byIdentity != 0 ? byIdentity : string.CompareOrdinal(left.Path, right.Path);
    }
}
