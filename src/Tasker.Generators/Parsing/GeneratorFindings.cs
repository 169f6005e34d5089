using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Incremental;
using Tasker.Generators.Models;

namespace Tasker.Generators.Parsing;

/// <summary>
/// What was found in the files of a project, for the analyzers of the same build: they see the files that the generator saw and the generated ones behind them. Only
/// what is sound is taken over. A handler that could not be read may use a type of another generator, so the analyzers read it for themselves.
/// Holds no compilation and no syntax tree.
/// </summary>
internal sealed class GeneratorFindings
{
    private static readonly ConditionalWeakTable<SyntaxTree, FileFindings> Files = new();

    private readonly CompilationDeclarations _declarations;

    private GeneratorFindings(CompilationDeclarations declarations, HandlerSet? handlers)
    {
        _declarations = declarations;
        Handlers = handlers;
    }

    /// <summary>All handlers and template classes, when all are sound.</summary>
    public HandlerSet? Handlers { get; }

    /// <param name="declarations">Where it was found.</param>
    /// <param name="handlers">What was found.</param>
    /// <param name="trees">The files that hold it.</param>
    /// <param name="sound">The sound handlers of each file, by the place of their attribute.</param>
    /// <param name="isSound">Whether everything is sound.</param>
    public static void Keep(
        CompilationDeclarations declarations,
        HandlerSet handlers,
        IReadOnlyList<SyntaxTree> trees,
        IReadOnlyList<Dictionary<TextSpan, ParsedHandler>> sound,
        bool isSound)
    {
        var findings = new GeneratorFindings(declarations, isSound ? handlers : null);
        for (var i = 0; i < trees.Count; i++)
        {
            Files.Remove(trees[i]);
            Files.GetValue(trees[i], _ => new FileFindings(findings, sound[i]));
        }
    }

    /// <summary>What holds for a compilation with generated files; <see langword="null"/> when the generator saw other declarations.</summary>
    public static GeneratorFindings? For(Compilation compilation, CancellationToken cancellationToken)
    {
        foreach (var tree in compilation.SyntaxTrees)
        {
            if (Files.TryGetValue(tree, out var file))
                return file.Findings._declarations.IsBeginningOf(compilation, cancellationToken) ? file.Findings : null;
        }

        return null;
    }

    /// <summary>The sound handler that an attribute makes.</summary>
    public ParsedHandler? Find(AttributeData attribute) =>
        attribute.ApplicationSyntaxReference is { } reference
        && Files.TryGetValue(reference.SyntaxTree, out var file)
        && file.Findings == this
        && file.Sound.TryGetValue(reference.Span, out var handler)
            ? handler
            : null;

    /// <summary>Whether the generator looked at an attribute, whatever came of it.</summary>
    public bool HasSeen(AttributeData attribute) =>
        attribute.ApplicationSyntaxReference is { } reference && Files.TryGetValue(reference.SyntaxTree, out var file) && file.Findings == this;

    private sealed class FileFindings(GeneratorFindings findings, Dictionary<TextSpan, ParsedHandler> sound)
    {
        public GeneratorFindings Findings { get; } = findings;

        public Dictionary<TextSpan, ParsedHandler> Sound { get; } = sound;
    }
}
