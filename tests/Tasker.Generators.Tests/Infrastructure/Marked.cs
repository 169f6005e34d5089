using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Tasker.Generators.Tests.Infrastructure;

/// <summary>Source whose expected diagnostics stand between the markers <c>⟦⟧</c>.</summary>
internal static class Marked
{
    /// <summary>Runs an analyzer over source and templates, with everything generated, and finds its diagnostics exactly at the markers.</summary>
    public static Task<Diagnostic[]> AnalyzeAsync(DiagnosticAnalyzer analyzer, string marked, params (string Path, string Text)[] templates) =>
        AnalyzeAsync(analyzer, marked, severities: null, templates);

    /// <summary>The same with severities configured in files.</summary>
    public static async Task<Diagnostic[]> AnalyzeAsync(
        DiagnosticAnalyzer analyzer,
        string marked,
        Severities? severities,
        params (string Path, string Text)[] templates)
    {
        var places = new List<(int Start, int End)>();
        var source = GeneratorHost.Usings + marked;
        for (var start = source.IndexOf('⟦', StringComparison.Ordinal); start >= 0; start = source.IndexOf('⟦', StringComparison.Ordinal))
        {
            source = source.Remove(start, 1);
            var end = source.IndexOf('⟧', StringComparison.Ordinal);
            source = source.Remove(end, 1);
            places.Add((start, end));
        }

        var diagnostics = await RunAsync(analyzer, source[GeneratorHost.Usings.Length..], severities, templates);
        Assert.Equal(places, diagnostics.Select(diagnostic => (diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.End)));
        return diagnostics;
    }

    public static Task<Diagnostic[]> RunAsync(DiagnosticAnalyzer analyzer, string source, params (string Path, string Text)[] templates) =>
        RunAsync(analyzer, source, severities: null, templates);

    /// <summary>Runs an analyzer with severities configured in files. What is hidden stays so unless they say otherwise.</summary>
    public static async Task<Diagnostic[]> RunAsync(
        DiagnosticAnalyzer analyzer,
        string source,
        Severities? severities,
        params (string Path, string Text)[] templates)
    {
        var host = new GeneratorHost(source, templates);
        host.Change(compilation => compilation.WithOptions(compilation.Options.WithSyntaxTreeOptionsProvider(severities)));
        return await RunAsync(analyzer, host);
    }

    /// <summary>Runs the generator and then an analyzer.</summary>
    public static async Task<Diagnostic[]> RunAsync(DiagnosticAnalyzer analyzer, GeneratorHost host)
    {
        host.Run();
        var diagnostics = await host.Output
            .WithAnalyzers([analyzer], new AnalyzerOptions(ImmutableArray<AdditionalText>.CastUp(host.Templates)))
            .GetAnalyzerDiagnosticsAsync(CancellationToken.None);
        Assert.DoesNotContain(diagnostics, diagnostic => diagnostic.Id == "AD0001");
        return [.. diagnostics.Where(diagnostic => diagnostic.Severity is not DiagnosticSeverity.Hidden).OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start)];
    }

    public static string Message(this Diagnostic diagnostic) => diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture);
}
