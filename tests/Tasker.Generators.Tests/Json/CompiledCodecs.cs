using System.Runtime.Loader;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Tasker.Generators.Json;
using Tasker.Json;

namespace Tasker.Generators.Tests.Json;

/// <summary>C# types compiled in memory together with their generated serializers.</summary>
internal sealed class CompiledCodecs : IDisposable
{
    private const string Header =
        """
        #nullable enable
        using System;
        using System.Collections.Generic;
        using System.Collections.Immutable;
        using System.Text.Json;
        using System.Text.Json.Serialization;

        """;

    private static readonly MetadataReference[] References =
        [.. Net100.References.All, MetadataReference.CreateFromFile(typeof(JsonCodec<>).Assembly.Location)];

    private readonly AssemblyLoadContext _context;
    private readonly System.Reflection.Assembly _assembly;

    private CompiledCodecs(System.Reflection.Assembly assembly, AssemblyLoadContext context, Dictionary<string, string> classNames)
    {
        _assembly = assembly;
        _context = context;
        ClassNames = classNames;
    }

    /// <summary>The generated class of each root.</summary>
    public Dictionary<string, string> ClassNames { get; }

    /// <summary>System.Text.Json as the generated serializers must be.</summary>
    public JsonSerializerOptions Options { get; } =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    public static CSharpCompilation Compile(string source) => CSharpCompilation.Create(
        "Generated",
        [CSharpSyntaxTree.ParseText(Header + source, new CSharpParseOptions(LanguageVersion.CSharp14))],
        References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, generalDiagnosticOption: ReportDiagnostic.Error, nullableContextOptions: NullableContextOptions.Enable, warningLevel: 9999));

    /// <summary>The result for the property <c>Value</c> of the class <c>Root</c>.</summary>
    public static JsonTypeResult Build(CSharpCompilation compilation, string root) =>
        JsonTypeModelBuilder.Build(Find(compilation, root), compilation, TestContext.Current.CancellationToken);

    public static CompiledCodecs Create(string source, params IReadOnlyCollection<string> roots)
    {
        var compilation = Compile(source);
        var models = new Dictionary<string, JsonTypeModel>();
        var classNames = new Dictionary<string, string>();
        foreach (var root in roots)
        {
            var result = Build(compilation, root);
            Assert.True(result.Unsupported is null, $"{result.Unsupported}\n{source}");
            classNames.Add(root, result.Type!.ModelName!);
            foreach (var model in result.Models)
            {
                if (!models.TryAdd(model.ClassName, model))
                    Assert.Equal(models[model.ClassName], model);
            }
        }

        compilation = compilation.AddSyntaxTrees(models.Values.Select(model =>
            CSharpSyntaxTree.ParseText(JsonEmitter.Emit(model), new CSharpParseOptions(LanguageVersion.CSharp14), JsonEmitter.HintName(model))));
        using var stream = new MemoryStream();
        var emitted = compilation.Emit(stream);
        var problems = emitted.Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning).ToList();
        if (problems.Count > 0)
        {
            var at = problems[0].Location;
            Assert.Fail($"{string.Join('\n', problems.Take(5))}\n{at.SourceTree?.GetText(TestContext.Current.CancellationToken).Lines[at.GetLineSpan().StartLinePosition.Line]}");
        }

        stream.Position = 0;
        var context = new AssemblyLoadContext("generated", isCollectible: true);
        return new CompiledCodecs(context.LoadFromStream(stream), context, classNames);
    }

    public Codec this[string root]
    {
        get
        {
            var codec = _assembly.GetType($"{JsonTypeModel.Namespace}.{ClassNames[root]}", throwOnError: true)!
                .GetField("Codec")!.GetValue(null)!;
            var type = codec.GetType().BaseType!.GetGenericArguments()[0];
            return (Codec)Activator.CreateInstance(typeof(Codec<>).MakeGenericType(type), codec, Options)!;
        }
    }

    /// <summary>Reads with the generated codec and writes with it.</summary>
    public string RoundTrip(string root, string json) =>
        Encoding.UTF8.GetString(this[root].Write(this[root].Read(Encoding.UTF8.GetBytes(json))));

    public void Dispose() => _context.Unload();

    private static ITypeSymbol Find(CSharpCompilation compilation, string root)
    {
        // A property of the class Roots stands for a type that has no name of its own, such as List<Order>.
        var holder = compilation.GetTypeByMetadataName("Roots");
        return holder?.GetMembers(root).OfType<IPropertySymbol>().FirstOrDefault()?.Type
            ?? compilation.GetTypeByMetadataName(root)
            ?? throw new ArgumentException(root);
    }
}

/// <summary>A generated codec beside System.Text.Json.</summary>
internal abstract class Codec
{
    public abstract Type Type { get; }

    public abstract object? Read(ReadOnlySpan<byte> json);

    public abstract object? ReadReference(ReadOnlySpan<byte> json);

    public abstract byte[] Write(object? value);

    public abstract byte[] WriteReference(object? value);

    /// <summary>Reads a value and writes its members behind another one.</summary>
    public abstract string WriteInto(string name, string text, string json);
}

internal sealed class Codec<T>(JsonCodec<T> codec, JsonSerializerOptions options) : Codec
{
    public override Type Type => typeof(T);

    public override object? Read(ReadOnlySpan<byte> json) => codec.FromUtf8(json);

    public override object? ReadReference(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<T>(json, options);

    public override byte[] Write(object? value) => codec.ToUtf8((T)value!);

    public override byte[] WriteReference(object? value) => JsonSerializer.SerializeToUtf8Bytes((T)value!, options);

    public override string WriteInto(string name, string text, string json)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString(name, text);
            codec.WriteMembers(writer, codec.FromUtf8(Encoding.UTF8.GetBytes(json)));
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
