using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Tasker.Benchmarks.Compiler;

/// <summary>The compiler, the reference assemblies and the peers' generators of the SDK that built this program.</summary>
internal static class Toolchain
{
    private static readonly Dictionary<string, string?> Metadata = typeof(Toolchain).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .ToDictionary(attribute => attribute.Key, attribute => attribute.Value);

    /// <summary>The program that runs the compiler.</summary>
    public static string Host => Get("Host");

    public static string Compiler => Get("Compiler");

    /// <summary>What compiles for many builds, one after the other.</summary>
    public static string CompilerServer => Path.Combine(Path.GetDirectoryName(Compiler)!, "VBCSCompiler.dll");

    /// <summary>The compiler's options for the analyzers that the SDK gives to each project, and for what it sets of their rules.</summary>
    public static IReadOnlyList<string> SdkAnalyzers
    {
        get
        {
            var folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Compiler)!, "../../Sdks/Microsoft.NET.Sdk/analyzers"));
            return
            [
                $"/analyzer:\"{Path.Combine(folder, "Microsoft.CodeAnalysis.NetAnalyzers.dll")}\"",
                $"/analyzer:\"{Path.Combine(folder, "Microsoft.CodeAnalysis.CSharp.NetAnalyzers.dll")}\"",
                $"/analyzerconfig:\"{Path.Combine(folder, "build/config/analysislevel_10_default.globalconfig")}\"",
            ];
        }
    }

    /// <summary>The generator of System.Text.Json.</summary>
    public static string JsonGenerator => Get("JsonGenerator");

    public static string MediatorGenerator => Get("MediatorGenerator");

    public static IReadOnlyList<string> TaskerAnalyzers { get; } =
        [typeof(Generators.TaskerGenerator).Assembly.Location, typeof(YamlDotNet.Core.IParser).Assembly.Location];

    /// <summary>The base class library as projects refer to it.</summary>
    public static IReadOnlyList<string> Framework { get; } =
        [.. Directory.EnumerateFiles(Path.GetFullPath(Path.Combine(Get("JsonGenerator"), "../../../../ref/net10.0")), "*.dll").Order(StringComparer.Ordinal)];

    /// <summary>The generators in an assembly, loaded as a compiler does.</summary>
    public static IEnumerable<ISourceGenerator> Load(string assembly) => new AnalyzerFileReference(assembly, new Loader()).GetGenerators(LanguageNames.CSharp);

    private static string Get(string key) =>
        Metadata.TryGetValue(key, out var value) && File.Exists(value)
            ? value
            : throw new InvalidOperationException($"The file that this program was built with as '{key}' is not there: '{value}'. Build it again on this machine.");

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public Assembly LoadFromPath(string fullPath) => Assembly.LoadFrom(fullPath);
    }
}
