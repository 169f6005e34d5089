using Microsoft.CodeAnalysis;

namespace Tasker.Generators.Tests.Infrastructure;

/// <summary>Another assembly, compiled with what is generated for it.</summary>
internal static class Library
{
    /// <param name="source">Its source.</param>
    /// <param name="name">Its name.</param>
    /// <param name="isBuilt">As a file, as in a build; otherwise as source, as in an editor.</param>
    /// <param name="references">What else it refers to.</param>
    public static MetadataReference Compile(string source, string name = "Library", bool isBuilt = true, params MetadataReference[] references)
    {
        var host = new GeneratorHost(source);
        host.Change(compilation => compilation.WithAssemblyName(name).AddReferences(references));
        host.Run();
        if (!isBuilt)
            return host.Output.ToMetadataReference();
        using var image = new MemoryStream();
        var result = host.Output.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        return MetadataReference.CreateFromImage(image.ToArray());
    }

    /// <summary>A project that refers to it.</summary>
    public static GeneratorHost Host(string source, MetadataReference[] libraries, params (string Path, string Text)[] templates)
    {
        var host = new GeneratorHost(source, templates);
        host.Change(compilation => compilation.AddReferences(libraries));
        return host;
    }
}
