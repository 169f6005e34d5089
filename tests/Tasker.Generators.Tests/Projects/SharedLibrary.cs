using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Tasker.Generators.Tests.Projects;

/// <summary>An assembly with data types that a project names by the extern alias <c>shared</c> or from the global namespace.</summary>
internal static class SharedLibrary
{
    private const string Source = """
        #nullable enable
        using System.Collections.Generic;
        namespace Shop.Shared
        {
            public enum Level : byte { Low, High = 200 }
            public record struct Range(int From, long? To = 5) { public string? Note { get; init; } = "n"; }
            public abstract class Entity<TKey> { public TKey? Key { get; init; } public virtual IReadOnlyList<TKey> Keys { get; init; } = []; internal int Secret { get; set; } public int Inside { get; internal set; } = 4; }
            public sealed class Item : Entity<int> { public required decimal Price { get; init; } public Item? Next { get; set; } public override IReadOnlyList<int> Keys { get; init; } = [1]; }
            public record Page<T>(IReadOnlyList<T> Items, int Total = 1) { public T? First { get; init; } }
        }
        """;

    private static readonly Lazy<byte[]> Image = new(Compile);

    public static MetadataReference Reference => MetadataReference.CreateFromImage(Image.Value, new MetadataReferenceProperties(aliases: [MetadataReferenceProperties.GlobalAlias, "shared"]));

    public static Stream Open() => new MemoryStream(Image.Value);

    private static byte[] Compile()
    {
        var compilation = CSharpCompilation.Create(
            "Shop.Shared", [CSharpSyntaxTree.ParseText(Source)], Net100.References.All, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return image.ToArray();
    }
}
