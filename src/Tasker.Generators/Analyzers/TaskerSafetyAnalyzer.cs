using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Parsing;

namespace Tasker.Generators.Analyzers;

/// <summary>Warns of handlers that compile and run, but hold a worker's threads or cannot be told to stop.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TaskerSafetyAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.BlockingCall, Rules.IgnoredCancellation];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.HasContracts())
                start.RegisterSymbolAction(Check, SymbolKind.NamedType);
        });
    }

    private static void Check(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        var handlers = TypeSafety.FindHandlers(type);
        if (handlers.Count > 0 && SafetyCandidates.Any(type, handlers, context.CancellationToken))
            new TypeSafety(type, handlers).Report(context);
    }
}
