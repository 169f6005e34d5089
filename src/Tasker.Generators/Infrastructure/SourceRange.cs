using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Tasker.Generators.Infrastructure;

/// <summary>A place in a file that is not C#, as numbers that can be compared. Lines and columns count from 0.</summary>
internal readonly record struct SourceRange(int Start, int Length, int StartLine, int StartColumn, int EndLine, int EndColumn)
{
    public static SourceRange Of(SourceText text, TextSpan span)
    {
        var start = Math.Min(Math.Max(span.Start, 0), text.Length);
        var end = Math.Min(Math.Max(span.End, start), text.Length);
        var lines = text.Lines.GetLinePositionSpan(TextSpan.FromBounds(start, end));
        return new SourceRange(start, end - start, lines.Start.Line, lines.Start.Character, lines.End.Line, lines.End.Character);
    }

    public Location In(string path) =>
        Location.Create(
            path,
            new TextSpan(Start, Length),
            new LinePositionSpan(new LinePosition(StartLine, StartColumn), new LinePosition(EndLine, EndColumn)));
}
