using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Models;

/// <summary>A template's name and the place it comes from.</summary>
internal sealed record LocatedName(string Path, string Name, string Identity, string Version, SourceRange Place);

/// <summary>The class name of a file's template.</summary>
/// <param name="Path">The file.</param>
/// <param name="ClassName">The name of its class.</param>
/// <param name="IsInputsTaken">Whether <c>Inputs</c> means something in the class already, since the user has a part of it.</param>
internal sealed record TemplateName(string Path, string ClassName, bool IsInputsTaken);

/// <summary>A template that another file defines already.</summary>
internal sealed record TemplateDuplicate(string Path, SourceRange Place, string Identity, string FirstPath);

/// <summary>The class names of all templates, chosen together so that no two are the same, and their namespace.</summary>
internal sealed record TemplateNames(string Namespace, EquatableArray<TemplateName> Names, EquatableArray<TemplateDuplicate> Duplicates)
{
    /// <summary>The members every template class has; a record or a template with such a name gets another.</summary>
    public static readonly string[] Members = ["Name", "Namespace", "Version", "Template", "Steps", "Inputs"];

    public static TemplateNames Create(string space, List<LocatedName> templates, DeclaredNames declared, Func<string, string> className)
    {
        templates.Sort((left, right) => Compare(left, right));
        var names = new List<TemplateName>();
        var duplicates = new List<TemplateDuplicate>();
        var firstPaths = new Dictionary<string, string>(StringComparer.Ordinal);
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (path, templateName, identity, version, place) in templates)
        {
            if (firstPaths.TryGetValue(identity, out var firstPath))
            {
                duplicates.Add(new TemplateDuplicate(path, place, identity, firstPath));
                continue;
            }

            // Of several versions or namespaces of one name, all but the first carry their version.
            firstPaths.Add(identity, path);
            var name = declared.Free(space, className(templateName));
            if (!taken.Add(name))
            {
                name += "V" + Identifiers.ToNamespace(version.Replace('.', '_')).TrimStart('_');
                var versioned = name;
                for (var suffix = 2; !taken.Add(name); suffix++)
                    name = $"{versioned}_{suffix}";
            }

            names.Add(new TemplateName(path, name, declared.HasInputs(space, name)));
        }

        return new TemplateNames(space, names.ToEquatableArray(), duplicates.ToEquatableArray());
    }

    /// <summary>The name of a file's template, or <see langword="null"/> when another file defines the same one.</summary>
    public TemplateName? Find(string path)
    {
        foreach (var name in Names)
        {
            if (name.Path == path)
                return name;
        }

        return null;
    }

    private static int Compare(LocatedName left, LocatedName right)
    {
        var byIdentity = string.CompareOrdinal(left.Identity, right.Identity);
        return byIdentity != 0 ? byIdentity : string.CompareOrdinal(left.Path, right.Path);
    }
}
