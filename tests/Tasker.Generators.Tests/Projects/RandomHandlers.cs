using System.Globalization;
using System.Text;

namespace Tasker.Generators.Tests.Projects;

/// <summary>A handler of the random project and how it gets its values.</summary>
/// <param name="Callable">Its name.</param>
/// <param name="Key">Under what it notes its arguments.</param>
/// <param name="Method">The name it was declared with.</param>
/// <param name="Sources">Of each parameter: <c>input:name</c>, <c>config:name</c>, <c>whole</c>, or nothing.</param>
/// <param name="Returned">The index of the parameter that it returns, or -1.</param>
/// <param name="IsValue">Whether its result is just what it returns.</param>
/// <param name="IsStep">Whether a template can use it as an ordinary step.</param>
internal sealed record HandlerCase(string Callable, string Key, string? Method, List<string> Sources, int Returned, bool IsValue, bool IsStep);

/// <summary>Handlers of every kind and signature, which note what they were called with.</summary>
internal sealed class RandomHandlers(Odd odd, RandomData data, bool isInternal)
{
    private const string FromServices = "[global::Tasker.FromServices] ";

    private readonly HashSet<string> _callables = [];

    private readonly StringBuilder _implementations = new();

    private TemplateCase? _template;

    /// <summary>What all handlers of a template take as the whole context, if they do.</summary>
    private DataType? _whole;

    /// <summary>The type of each member of a context: two handlers that read it as different ones may be none that one value serves.</summary>
    private readonly Dictionary<string, DataType> _inputs = [];

    public List<HandlerCase> Cases { get; } = [];

    /// <summary>The members of a context that handlers read.</summary>
    public IReadOnlyCollection<string> Inputs => _inputs.Keys;

    /// <summary>The templates that classes declare.</summary>
    public List<TemplateCase> Templates { get; } = [];

    public string Declare(HashSet<string> scope)
    {
        var name = odd.Identifier(scope);
        var source = new StringBuilder();
        var closings = "}\n";
        if (odd.Chance(15))
        {
            source.AppendLine($"{odd.Pick("public", "internal", "")} {odd.Pick("static ", "", "partial ")}{odd.Pick("class", "class", "record")} {name} {{".Replace("static record", "record", StringComparison.Ordinal));
            closings += "}\n";
            name = odd.Identifier([name.TrimStart('@')]);
        }

        var isStatic = odd.Chance(40);
        var isUnsafe = isStatic && odd.Chance(20);
        var methods = new HashSet<string> { name.TrimStart('@') };
        _template = null;
        if (isStatic && closings.Length == 2 && odd.Chance(25) && !Generators.Models.TemplateNames.Members.Contains(name))
        {
            _template = new TemplateCase(odd.Text(), odd.Pick("shop", "a b"), "1.0.0-" + Templates.Count.ToString(CultureInfo.InvariantCulture), odd.Chance(50) ? odd.Text() : null, []);
            if (string.IsNullOrWhiteSpace(_template.Name))
                _template = null;
        }

        _whole = odd.Chance(25) ? data.AnyObject() : null;
        if (_template is not null)
        {
            methods.UnionWith(Generators.Models.TemplateNames.Members);
            source.AppendLine($"[global::Tasker.TaskTemplate({RandomData.Literal(_template.Name)}, Namespace = \"{_template.Namespace}\", Version = \"{_template.Version}\"{(_template.Description is null ? "" : $", Description = {RandomData.Literal(_template.Description)}")})]");
        }

        var cases = Cases.Count;
        var keyword = isStatic && _template is null ? odd.Pick("class", "class", "class", "class", "struct", "interface", "record") : "class";
        var header = isStatic
            ? $"public {(_template is not null || (keyword == "class" && odd.Chance(80)) ? "static " : "")}{(isUnsafe ? "unsafe " : "")}{(_template is not null ? "partial " : odd.Pick("", "partial "))}{keyword} {name} {{"
            : odd.Pick(
                $"public sealed class {name} {{",
                $"internal class {name}(global::ProjectProbe.IClock {odd.Identifier()}) {{",
                $"public sealed class {name}(global::ProjectProbe.IClock {odd.Identifier()}, int {odd.Identifier()}1 = -5, string? {odd.Identifier()}2 = \"a\\\"\", global::System.IServiceProvider? {odd.Identifier()}3 = null) {{",
                $"public class {name}([global::Microsoft.Extensions.DependencyInjection.FromKeyedServices({odd.Pick("\"a\\\"b\"", "5", "null", "global::System.DayOfWeek.Friday", "typeof(int)", "'x'", "1.5")})] global::ProjectProbe.Missing? {odd.Identifier()}, global::System.Collections.Generic.IEnumerable<global::ProjectProbe.IClock> {odd.Identifier()}4, in int {odd.Identifier()}5 = 3, global::System.DayOfWeek {odd.Identifier()}6 = (global::System.DayOfWeek)(-1)) {{",
                $"public class {name} {{ [global::System.Obsolete] public {name}(global::ProjectProbe.IClock x) {{ }}",
                $"public class {name} {{ [global::System.Diagnostics.CodeAnalysis.Experimental(\"EXP4\")] public {name}(global::ProjectProbe.IClock x) {{ }}",
                $"public class {name} {{ [global::System.Obsolete(\"x\", true)] public {name}(int x, int y) {{ }} public {name}(global::ProjectProbe.IClock {odd.Identifier()}) {{ }}",
                $"public class {name}({(odd.Chance(50) ? "global::ProjectProbe.Old" : "global::ProjectProbe.Experiment")} {odd.Identifier()}) {{",
                $"public partial class {name} : global::System.IDisposable {{ public void Dispose() {{ }}",
                $"internal sealed record {name} {{",
                $"internal sealed record {name}(global::ProjectProbe.IClock Clock) {{",
                $"public sealed partial class {name}(global::ProjectProbe.IClock {odd.Identifier()}) {{",
                $"public class {name} {{ public {name}() {{ }} private {name}(int x) {{ }}");
        source.AppendLine(header);
        var other = $"partial {keyword} {name}";
        var isPartial = header.Contains(other, StringComparison.Ordinal);
        for (var i = 1 + odd.Next(3); i > 0; i--)
        {
            Method(source, isStatic, isUnsafe, isPartial, methods);
            if (isPartial && odd.Chance(30))
                source.AppendLine($"}}{(closings.Length == 2 ? RandomData.NextFile : "")} {(isUnsafe ? "unsafe " : "")}{other} {{");
        }

        source.Append(_implementations);
        _implementations.Clear();
        if (_template is not null)
            Templates.Add(_template with { Steps = [.. Cases.Skip(cases).Select(handler => handler.Callable)] });
        return source.Append(closings).ToString();
    }

    /// <summary>The class of top-level statements, which are somewhere else.</summary>
    public string DeclareProgram()
    {
        var source = new StringBuilder($"{odd.Pick("public ", "")}partial class Program {{");
        _template = null;
        Method(source, isStatic: odd.Chance(50), isUnsafe: false, isPartial: true, ["Program"]);
        source.Append(_implementations).Append('}');
        _implementations.Clear();
        return source.ToString();
    }

    private void Method(StringBuilder source, bool isStatic, bool isUnsafe, bool isPartial, HashSet<string> methods)
    {
        var name = odd.Identifier(methods);
        var callable = odd.Text(_callables);
        if (string.IsNullOrWhiteSpace(callable))
            return;
        var method = odd.Chance(10) ? odd.Text() : null;
        if (string.IsNullOrWhiteSpace(method))
            method = null;
        var key = "h" + Cases.Count.ToString(CultureInfo.InvariantCulture);
        var form = odd.Next(8);
        var isAsync = form is 3 && !isUnsafe;
        var sources = new List<string>();
        var names = new List<string>();
        var bound = new List<(DataType Type, int Index)>();
        var parameters = Parameters(sources, names, bound, isAsync);
        string Join(Func<Parameter, string> part) => string.Join(", ", parameters.ConvertAll(parameter => part(parameter)));
        var note = $"global::ProjectProbe.Probe.Note(\"{key}\", new object?[] {{ {string.Join(", ", names)} }});";

        var kind = odd.Next(12);
        var (attribute, type, value, returned) = ("StepHandler", "void", "", -1);
        var objects = bound.Where(item => item.Type.Kind is DataKind.Object or DataKind.ObjectValue).ToList();
        if (kind < 3 && objects.Count > 0 && _template is null)
        {
            var (carried, index) = objects[0];
            (attribute, type, value) = kind switch
            {
                0 => ("Decision", $"global::Tasker.Decision<{carried.Name}>", $"global::Tasker.Decision.Skip(\"no\").With<{carried.Name}>({names[index]})"),
                1 => ("BatchAnalyzer", $"global::Tasker.BatchPlan<{carried.Name}>", $"global::Tasker.BatchPlan.ForItems(1, 1).With<{carried.Name}>({names[index]})"),
                _ => ("BatchWorker", $"global::Tasker.BatchResult<{carried.Name}>", $"global::Tasker.BatchResult.Of<{carried.Name}>({names[index]}, 1)"),
            };
        }
        else if (kind < 10 && bound.Count > 0)
        {
            (var valueType, returned) = odd.Pick<(DataType, int)>(bound);
            (type, value) = (valueType.Name, names[returned]);
            if (form is 5 or 6 && !valueType.Name.Contains("Collections.Generic.I", StringComparison.Ordinal) && odd.Chance(50))
                type = $"global::Tasker.StepResult<{type}>";
        }

        var call = value.Length == 0 ? note : $"{note} return {value};";
        var (modifier, result, body) = (form, value.Length > 0) switch
        {
            (0, true) => ("", $"global::System.Threading.Tasks.Task<{type}>", $"{note} return global::System.Threading.Tasks.Task.FromResult<{type}>({value});"),
            (0, false) => ("", "global::System.Threading.Tasks.Task", note + " return global::System.Threading.Tasks.Task.CompletedTask;"),
            (1 or 2, true) => ("", $"global::System.Threading.Tasks.ValueTask<{type}>", $"{note} return new global::System.Threading.Tasks.ValueTask<{type}>({value});"),
            (1 or 2, false) => ("", "global::System.Threading.Tasks.ValueTask", note + " return default;"),
            (3, true) when isAsync => ("async ", $"global::System.Threading.Tasks.Task<{type}>", "await global::System.Threading.Tasks.Task.Yield(); " + call),
            (3, false) when isAsync => ("async ", "global::System.Threading.Tasks.Task", "await global::System.Threading.Tasks.Task.Yield(); " + call),
            _ => ("", type, call),
        };
        var attributes =
            $"[global::Tasker.{attribute}({RandomData.Literal(callable)}{(method is null ? "" : $", Method = {RandomData.Literal(method)}")}{(attribute == "BatchAnalyzer" ? ", WorkerTemplate = \"w\"" : "")})] "
            + odd.Pick("", "", "", "[global::System.Obsolete] ", "[global::System.Obsolete(\"x\", DiagnosticId = \"OLD2\")] ", "[global::System.Diagnostics.CodeAnalysis.Experimental(\"EXP4\")] ", "[global::System.CLSCompliant(false)] ");
        var modifiers = $"{(isInternal ? "internal" : odd.Pick("public", "internal", isStatic ? "internal" : "protected internal"))} {(isStatic || odd.Chance(20) ? "static " : "")}";
        switch (isPartial ? odd.Next(5) : 4)
        {
            case 0:
                source.AppendLine($"{attributes}{modifiers}partial {result} {name}({Join(p => p.Attribute + p.Declaration + p.Default)});");
                _implementations.AppendLine($"{modifiers}{modifier}partial {result} {name}({Join(p => p.Declaration)}) {{ {body} }}");
                break;
            case 1:
                source.AppendLine($"{modifiers}partial {result} {name}({Join(p => p.Declaration + p.Default)});");
                _implementations.AppendLine($"{attributes}{modifiers}{modifier}partial {result} {name}({Join(p => p.Attribute + p.Declaration)}) {{ {body} }}");
                break;
            default:
                source.AppendLine($"{attributes}{modifiers}{modifier}{result} {name}({Join(p => p.Attribute + p.Declaration + p.Default)}) {{ {body} }}");
                break;
        }

        Cases.Add(new HandlerCase(callable, key, method, sources, returned, attribute == "StepHandler", attribute == "StepHandler" && _template is null && !sources.Exists(source => source.StartsWith("step:", StringComparison.Ordinal))));
    }

    private List<Parameter> Parameters(List<string> sources, List<string> names, List<(DataType Type, int Index)> bound, bool isAsync)
    {
        var scope = new HashSet<string>();
        var bindings = new HashSet<string>();
        var required = new List<string>();
        var isWhole = _template is null ? odd.Chance(25) && data.Types.Count > 0 : _whole is not null;
        var parameters = new List<Parameter>();
        var isOptional = false;
        for (var i = odd.Next(5); i > 0; i--)
        {
            var name = odd.Identifier(scope);
            var constant = default(string);
            var (attribute, type, source) = ("", "", "");
            switch (odd.Next(12))
            {
                case 0 when !isOptional:
                    (attribute, type) = odd.Pick(("", "global::Tasker.StepContext"), ("", "global::System.Threading.CancellationToken"), ("", "global::System.IServiceProvider"), (FromServices, "global::ProjectProbe.IClock"));
                    break;
                case 6 when !isOptional && data.Types.Count > 0:
                    type = $"global::Tasker.Json.JsonCodec<{data.Any().Name.TrimEnd('?')}>";
                    break;
                case 7 when !isOptional:
                    (attribute, type) = ($"[global::Microsoft.Extensions.DependencyInjection.FromKeyedServices({odd.Pick("\"a\\\"b{0}\"", "5L", "null", "global::System.DayOfWeek.Friday", "typeof(global::System.Collections.Generic.List<>)", "'\\''", "double.NaN", "true")})] ", "global::ProjectProbe.Missing?");
                    break;
                case 8 when !isOptional:
                    (attribute, type) = odd.Pick(("", "global::Tasker.BatchContext"), (FromServices, "global::System.Collections.Generic.IEnumerable<global::ProjectProbe.IClock>"), (FromServices, "global::ProjectProbe.Old"), (FromServices, "global::ProjectProbe.Experiment"));
                    break;
                case 9 when _template is null && !isOptional:
                    var read = data.Any();
                    var step = odd.Text(bindings);
                    (attribute, type, source) = ($"[global::Tasker.FromStep({RandomData.Literal(step)})] ", read.Name, "step:" + step);
                    bound.Add((read, names.Count));
                    break;
                case 1:
                    (attribute, type, constant) = (FromServices, "global::ProjectProbe.Missing?", "null");
                    break;
                case 2 or 3 or 4 or 5 when isWhole && !isOptional && !sources.Contains("whole") && (_template is null ? data.AnyObject() : _whole) is { } whole:
                    (type, source) = (whole.Name, "whole");
                    bound.Add((whole, names.Count));
                    break;
                default:
                    var isConfig = odd.Chance(25);
                    if (isWhole && !isConfig)
                        continue;
                    var given = odd.Chance(40) ? odd.Text(bindings) : null;
                    if (given is null && !bindings.Add(SnakeOf(name)))
                        continue;
                    var member = given ?? SnakeOf(name);
                    var valueType = !isConfig && _inputs.TryGetValue(member, out var known) ? known : data.Any();
                    if (!isConfig)
                        _inputs[member] = valueType;
                    constant = odd.Chance(40) || isOptional ? data.Constant(valueType) ?? (isOptional ? "default!" : null) : null;
                    attribute = $"[global::Tasker.{(isConfig ? "FromConfig" : "FromInput")}{(given is null ? "" : $"({RandomData.Literal(given)})")}] ";
                    type = (!isAsync && constant is null && odd.Chance(10) ? "in " : "") + valueType.Name;
                    source = (isConfig ? "config:" : "input:") + member;
                    bound.Add((valueType, names.Count));
                    break;
            }

            isOptional |= constant is not null;
            parameters.Add(new Parameter(attribute, $"{type} {name}", constant is null ? "" : " = " + constant));
            sources.Add(source);
            names.Add(name);
        }

        return parameters;
    }

    /// <summary>The parts of a parameter that the two parts of a partial method share out.</summary>
    private sealed record Parameter(string Attribute, string Declaration, string Default);

    private static string SnakeOf(string name) => Generators.Json.SnakeCase.Convert(name.Replace("\u200c", "", StringComparison.Ordinal).TrimStart('@'));
}
