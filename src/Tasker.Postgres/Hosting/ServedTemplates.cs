using Microsoft.Extensions.Options;
using Tasker.Hosting;
using Tasker.Postgres.Registration;
using Tasker.Templates;

namespace Tasker.Postgres.Hosting;

/// <summary>What this host serves: namespaces, and the templates of its own in them.</summary>
internal sealed class ServedTemplates
{
    public ServedTemplates(TemplateCatalog catalog, IOptions<TaskerCoreOptions> options)
    {
        var wanted = options.Value.Namespaces;
        Namespaces = [.. (wanted.Count > 0 ? wanted : catalog.All.Select(one => one.Namespace)).Distinct().Order(StringComparer.Ordinal)];
        Templates = [.. catalog.All.Where(one => Namespaces.Contains(one.Namespace))];
        if (Namespaces.Length == 0)
        {
            throw new ConfigurationException(
                $"This host serves no namespace: it has no templates, and {nameof(TaskerCoreOptions)}.{nameof(TaskerCoreOptions.Namespaces)} is empty.");
        }

        foreach (var template in Templates)
        {
            if (!QueueNames.IsNamespace(template.Namespace))
                throw new ConfigurationException($"Template '{template}' cannot be served: {TaskerCoreOptionsValidator.NamespaceRule}");
        }
    }

    public string[] Namespaces { get; }

    public TaskTemplate[] Templates { get; }
}
