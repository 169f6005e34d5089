using Microsoft.CodeAnalysis.CSharp;

namespace Tasker.Generators.Tests.Projects;

/// <summary>A project of several sources and templates, whose code means what it says but has odd names, signatures and settings.</summary>
internal sealed class RandomProject : Project
{
    private const string Probe = """
        #nullable enable
        namespace ProjectProbe
        {
            public interface IClock { }
            public sealed class Clock : IClock { }
            public interface Missing { }
            [global::System.Obsolete] public sealed class Old { }
            [global::System.Diagnostics.CodeAnalysis.Experimental("EXP1")] public sealed class Experiment { }
            public static class Probe
            {
                public static global::System.Collections.Generic.Dictionary<string, object?[]> Notes { get; } = new();
                public static void Note(string key, object?[] arguments) => Notes[key] = arguments;
            }
        }

        """;

    private const string Nullable = "#nullable enable annotations\n";

    private readonly Odd _odd;
    private readonly RandomData _data;
    private bool _needsEntryPoint;

    public RandomProject(Random random)
    {
        _odd = new Odd(random);
        var isInternal = _odd.Chance(30);
        var hasAliases = _odd.Chance(25);
        SharesLibrary = _odd.Chance(25);
        IsExecutable = _needsEntryPoint = _odd.Chance(20);
        _data = new RandomData(_odd, isInternal, hasAliases, SharesLibrary);
        var handlers = new RandomHandlers(_odd, _data, isInternal);
        Name = _odd.Chance(60) ? "Shop" : _odd.Pick("Acme.Orders-Api", "class", "System", "Tasker", "1.2", "\u540d\u524d", "a b", "_", "Shop_", "Tasker.Generators.Tests", "shop.\u00e9");
        RootNamespace = _odd.Pick("Shop", "Shop", "", "Shop.Orders", "a-b.c", "class.event", "Tasker.Acme", "System.Acme", "1.2", "_", "Microsoft.Acme", "\u540d\u524d", "x.class", "record", "Acme.Global");
        Language = _odd.Pick(LanguageVersion.CSharp12, LanguageVersion.CSharp13, LanguageVersion.CSharp14, LanguageVersion.Preview);
        IsNullable = _odd.Chance(75);
        IsChecked = _odd.Chance(20);
        Sources.Add(Probe);
        if (hasAliases)
            Sources.Add(RandomData.Aliases);
        var scopes = new Dictionary<string, HashSet<string>>();
        for (var i = 4 + _odd.Next(10); i > 0; i--)
            Add(scopes, _data.Declare, "");
        for (var i = 3 + _odd.Next(8); i > 0; i--)
            Add(scopes, (_, scope) => handlers.Declare(scope), Nullable);
        if (IsExecutable)
            Add("", handlers.DeclareProgram(), Nullable);
        if (_odd.Chance(25))
            Sources.Add(_odd.Pick("global using Task = System.Int32; global using String = System.Int32;", "global using System; global using System.Collections.Generic; global using System.Threading.Tasks; global using Tasker;", "global using static System.Math; global using unsafe P = int*;", "global using StepBinder = System.Int32; global using JsonCodec = System.String; global using MethodAdapter = System.Int32;"));
        if (_odd.Chance(15))
            Sources.Add(_odd.Pick("[assembly: global::System.CLSCompliant(true)]", "[assembly: global::System.Runtime.CompilerServices.DisableRuntimeMarshalling]", "[module: global::System.Runtime.CompilerServices.SkipLocalsInit]", "[assembly: global::System.Reflection.AssemblyVersion(\"1.2.3.4\")]"));
        var yaml = new RandomYaml(_odd, handlers);
        for (var i = _odd.Next(5); i > 0; i--)
            yaml.Add();
        (Handlers, TemplateCases, Templates) = (handlers.Cases, [.. yaml.Cases, .. handlers.Templates], yaml.Files);
    }

    public List<HandlerCase> Handlers { get; }

    public List<TemplateCase> TemplateCases { get; }

    private void Add(Dictionary<string, HashSet<string>> scopes, Func<string, HashSet<string>, string> declare, string before)
    {
        var space = _odd.Chance(20) ? "" : _odd.Namespace();
        if (!scopes.TryGetValue(space, out var scope))
            scopes.Add(space, scope = ["System", "Tasker", "Microsoft", "ProjectProbe", "Program", .. Odd.NamespacesIn(space)]);
        foreach (var source in declare(space, scope).Split(RandomData.NextFile))
            Add(space, source, before);
    }

    private void Add(string space, string source, string before)
    {
        var header = before + "#pragma warning disable EXP1, EXP2, EXP3, EXP4\n" + (SharesLibrary ? "extern alias shared;\n" : "");
        if (space.Length == 0 && _needsEntryPoint)
        {
            header += "global::System.Console.WriteLine(args.Length); await global::System.Threading.Tasks.Task.Yield();\n";
            _needsEntryPoint = false;
        }

        Sources.Add(header + (space.Length == 0 ? source : _odd.Chance(50) ? $"namespace {space};\n{source}" : $"namespace {space.Replace(".", " { namespace ", StringComparison.Ordinal)} {{\n{source}{new string('}', space.Count(c => c == '.') + 1)}"));
    }
}
