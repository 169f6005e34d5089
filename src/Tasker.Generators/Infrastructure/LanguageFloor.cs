using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Tasker.Generators.Infrastructure;

/// <summary>The oldest C# that generated code is written in.</summary>
internal static class LanguageFloor
{
    private const LanguageVersion Oldest = LanguageVersion.CSharp12;

    /// <summary>The language version when it is too old, as <c>LangVersion</c> writes it; otherwise <see langword="null"/>.</summary>
    public static string? FindTooOld(Compilation compilation) =>
        compilation is CSharpCompilation { LanguageVersion: < Oldest and var version } ? version.ToDisplayString() : null;
}
