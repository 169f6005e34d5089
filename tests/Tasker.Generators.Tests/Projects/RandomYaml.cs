using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tasker.Generators.Tests.Projects;

/// <summary>What a template of the random project must say once it is compiled.</summary>
internal sealed record TemplateCase(string Name, string Namespace, string Version, string? Description, string[] Steps);

/// <summary>YAML templates that use the project's handlers.</summary>
internal sealed class RandomYaml(Odd odd, RandomHandlers handlers)
{
    private static readonly JsonSerializerOptions Quoting = new() { Encoder = JavaScriptEncoder.Default };
    private readonly HashSet<string> _identities = [];

    public List<TemplateCase> Cases { get; } = [];

    public List<(string Path, string Text)> Files { get; } = [];

    public void Add()
    {
        var name = odd.Chance(60) ? odd.Text() : odd.Identifier().TrimStart('@');
        var (space, version) = (odd.Pick("shop", "Shop", "a.b", "ä"), odd.Pick("1.0.0", "1.0.1", "1.0", "1-0", "1.0.0-Beta", "1.0.0-beta", "1_0_0", "ä", "2"));
        if (!_identities.Add($"{space}/{name}/{version}") || string.IsNullOrWhiteSpace(name))
            return;
        var description = odd.Chance(50) ? odd.Text() : null;
        var yaml = new StringBuilder();
        yaml.AppendLine($"name: {Quote(name)}").AppendLine($"namespace_name: {Quote(space)}").AppendLine($"version: {Quote(version)}");
        if (description is not null)
            yaml.AppendLine($"description: {Quote(description)}");
        var isWhole = odd.Chance(25);
        if (!isWhole && odd.Chance(80))
            yaml.AppendLine($"input_schema: {Schema(0)}");
        yaml.AppendLine("steps:");
        var steps = new HashSet<string>();
        // A record of the whole context need not fit another, nor a schema.
        var usable = handlers.Cases.Where(handler => handler.IsStep && handler.Sources.Contains("whole") == isWhole).Take(isWhole ? 1 : int.MaxValue).ToList();
        for (var i = 1 + odd.Next(4); i > 0; i--)
        {
            var step = odd.Text(steps);
            if (string.IsNullOrWhiteSpace(step))
            {
                steps.Remove(step);
                continue;
            }

            yaml.AppendLine($"  - name: {Quote(step)}");
            if (odd.Chance(40))
                yaml.AppendLine($"    description: {Quote(odd.Text())}");
            var handler = usable.Count > 0 && odd.Chance(70) ? odd.Pick<HandlerCase>(usable) : null;
            yaml.AppendLine(handler is null
                ? $"    handler: {{ callable: {Quote("other " + i.ToString(CultureInfo.InvariantCulture))}, resolver: python }}"
                : $"    handler: {{ callable: {Quote(handler.Callable)}{(handler.Method is null ? "" : ", method: " + Quote(handler.Method))}, initialization: {{ {Quote(odd.Text())}: {Quote(odd.Text())} }} }}");
            if (odd.Chance(40))
                yaml.AppendLine($"    result_schema: {Schema(0)}");
        }

        if (steps.Count == 0)
            return;
        Files.Add(($"/templates/t{Files.Count.ToString(CultureInfo.InvariantCulture)}.task.yaml", yaml.ToString()));
        Cases.Add(new TemplateCase(name, space, version, description, [.. steps]));
    }

    private string Schema(int depth)
    {
        var members = new HashSet<string>();
        var schema = new StringBuilder("{ type: object, properties: {");
        for (var i = 1 + odd.Next(4); i > 0; i--)
        {
            var name = odd.Chance(50) ? odd.Text(members) : odd.Identifier(members).TrimStart('@');
            var type = odd.Next(7) switch
            {
                _ when depth is 0 && handlers.Inputs.Contains(name) => "{ }",
                0 => "{ type: string }",
                1 => "{ type: integer }",
                2 => $"{{ type: number, description: {Quote(odd.Text())} }}",
                3 => "{ type: number, format: decimal }",
                4 => "{ type: array, items: { type: boolean } }",
                5 when depth < 2 => Schema(depth + 1),
                6 when depth < 2 => $"{{ type: array, items: {Schema(depth + 1)} }}",
                _ => "{ }",
            };
            schema.Append($" {Quote(name)}: {type},");
        }

        return schema.Append($" }}, required: [{string.Join(", ", members.Where(_ => odd.Chance(40)).Select(Quote))}], description: {Quote(odd.Text())} }}").ToString();
    }

    /// <summary>A JSON string is a quoted scalar of YAML.</summary>
    private static string Quote(string text) => JsonSerializer.Serialize(text, Quoting);
}
