using Microsoft.CodeAnalysis;

namespace Tasker.Generators.Tests.Infrastructure;

/// <summary>What <c>.editorconfig</c> and <c>.globalconfig</c> files say about severities, as the compiler hands it on.</summary>
internal sealed class Severities(Dictionary<string, ReportDiagnostic>? tree = null, Dictionary<string, ReportDiagnostic>? global = null)
    : SyntaxTreeOptionsProvider
{
    public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) => GeneratedKind.Unknown;

    public override bool TryGetDiagnosticValue(SyntaxTree syntaxTree, string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity) =>
        (tree ?? []).TryGetValue(diagnosticId, out severity);

    public override bool TryGetGlobalDiagnosticValue(string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity) =>
        (global ?? []).TryGetValue(diagnosticId, out severity);
}
