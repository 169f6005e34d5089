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
            if (!start.Compilation.HasContracts())
                return;
            start.RegisterSymbolStartAction(
                static symbol =>
                {
                    var type = (INamedTypeSymbol)symbol.Symbol;
                    var handlers = TypeSafety.FindHandlers(type);
                    if (handlers.Count == 0 || !SafetyCandidates.Any(type, handlers, symbol.CancellationToken))
                        return;
                    var safety = new TypeSafety(type, handlers);
                    symbol.RegisterOperationAction(
                        safety.Observe, OperationKind.Invocation, OperationKind.PropertyReference, OperationKind.ParameterReference);
                    symbol.RegisterSymbolEndAction(safety.Report);
                },
                SymbolKind.NamedType);
        });
    }
}
