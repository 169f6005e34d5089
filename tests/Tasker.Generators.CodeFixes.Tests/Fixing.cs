using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Tasker.Generators.CodeFixes.Tests;

/// <summary>What most tests of fixes assert.</summary>
internal static class Fixing
{
    public const string Usings = "using System; using System.Collections.Generic; using System.Threading; using System.Threading.Tasks; using Tasker;\n";

    /// <summary>The fixed source is exactly as expected, compiles, and has no such diagnostic any more.</summary>
    public static async Task AssertSourceAsync(DiagnosticAnalyzer analyzer, CodeFixProvider fix, string title, string before, string after, string? template = null, bool all = false)
    {
        using var host = new FixHost(analyzer, fix, Usings + before, template);
        Assert.NotEmpty(await host.DiagnosticsAsync());
        Assert.Equal([title], await host.OfferedAsync());

        await (all ? host.ApplyAllAsync() : host.ApplyAsync());

        Assert.Equal(Usings + after, await host.SourceAsync());
        Assert.Empty(await host.ProblemsAsync());
        Assert.Empty(await host.DiagnosticsAsync());
    }

    /// <summary>There is a diagnostic, and no simple way to mend it.</summary>
    public static async Task AssertNothingOfferedAsync(DiagnosticAnalyzer analyzer, CodeFixProvider fix, string source, string? template = null)
    {
        using var host = new FixHost(analyzer, fix, Usings + source, template);
        Assert.NotEmpty(await host.DiagnosticsAsync());

        Assert.Empty(await host.OfferedAsync());
    }
}
