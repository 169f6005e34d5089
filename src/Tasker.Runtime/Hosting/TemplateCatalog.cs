using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Tasker.Handlers;
using Tasker.Templates;

namespace Tasker.Hosting;

/// <summary>All templates of a host, from the registries of its assemblies. Immutable, safe to share between threads.</summary>
public sealed class TemplateCatalog
{
    private readonly FrozenDictionary<(string Namespace, string Name, string Version), TaskTemplate> _templates;

    /// <summary>Gathers the templates.</summary>
    /// <exception cref="ConfigurationException">Two templates have the same namespace, name and version.</exception>
    public TemplateCatalog(IEnumerable<HandlerRegistry> registries)
    {
        ArgumentNullException.ThrowIfNull(registries);
        var templates = new Dictionary<(string, string, string), TaskTemplate>();
        foreach (var template in registries.Distinct().SelectMany(registry => registry.Templates))
        {
            if (!templates.TryAdd((template.Namespace, template.Name, template.Version), template))
                throw new ConfigurationException($"Two templates of this host are called '{template}'. Give one another name or version.");
        }

        _templates = templates.ToFrozenDictionary();
    }

    /// <summary>The templates, in no particular order.</summary>
    public IReadOnlyList<TaskTemplate> All => _templates.Values;

    /// <summary>Finds a template.</summary>
    public bool TryGet(string @namespace, string name, string version, [MaybeNullWhen(false)] out TaskTemplate template) =>
        _templates.TryGetValue((@namespace, name, version), out template);
}
