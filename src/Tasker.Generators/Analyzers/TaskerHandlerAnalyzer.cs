using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Models;
using Tasker.Generators.Parsing;

namespace Tasker.Generators.Analyzers;

/// <summary>
/// Explains why the generator skips a handler. An analyzer rather than the generator, so that <c>#pragma</c> and <c>.editorconfig</c> work on it.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TaskerHandlerAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        Rules.UnboundParameter, Rules.DuplicateCallable, Rules.InaccessibleHandler, Rules.GenericHandler, Rules.AsyncVoidHandler,
        Rules.WrongReturnType, Rules.UnconstructibleHandlerClass, Rules.InvalidCallable, Rules.ApiHandlerWithoutClient,
        Rules.WrongValue, Rules.UnsupportedType,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (!start.Compilation.HasContracts())
                return;
            ParsedMethods.Of(start.Compilation).TakeOver(start.CancellationToken);
            var handlers = new ConcurrentBag<CallablePlace>();
            start.RegisterSymbolAction(symbol => Check(symbol, handlers), SymbolKind.Method);
            start.RegisterSyntaxNodeAction(CheckLocalFunction, SyntaxKind.LocalFunctionStatement);
            start.RegisterSyntaxNodeAction(CheckLambda, SyntaxKind.ParenthesizedLambdaExpression);
            start.RegisterCompilationEndAction(end => ReportDuplicates(end, handlers));
        });
    }

    private static void Check(SymbolAnalysisContext context, ConcurrentBag<CallablePlace> handlers)
    {
        // The parts of a partial method share their attributes.
        var method = (IMethodSymbol)context.Symbol;
        if (method.PartialDefinitionPart is not null)
            return;
        foreach (var parsed in ParsedMethods.Of(context.Compilation).Find(method, context.CancellationToken))
        {
            foreach (var problem in parsed.Problems)
                context.ReportDiagnostic(Diagnostic.Create(problem.Rule, problem.Place, problem.Arguments));
            var data = parsed.Attribute;
            if (data.FirstText() is { } callable && callable.Trim().Length > 0 && data.ApplicationSyntaxReference is { } reference)
                handlers.Add(new CallablePlace(callable, data.NamedText("Method"), method, reference));
        }
    }

    /// <summary>The attributes are allowed there, but no code outside the method can call it.</summary>
    private static void CheckLocalFunction(SyntaxNodeAnalysisContext context)
    {
        var function = (LocalFunctionStatementSyntax)context.Node;
        if (function.AttributeLists.Count > 0 && context.SemanticModel.GetDeclaredSymbol(function, context.CancellationToken) is { } method)
            ReportNested(context, method, method.Name, function.Identifier.GetLocation(), "a local function");
    }

    /// <inheritdoc cref="CheckLocalFunction"/>
    private static void CheckLambda(SyntaxNodeAnalysisContext context)
    {
        var lambda = (ParenthesizedLambdaExpressionSyntax)context.Node;
        if (lambda.AttributeLists.Count > 0 && context.SemanticModel.GetSymbolInfo(lambda, context.CancellationToken).Symbol is IMethodSymbol method)
            ReportNested(context, method, "(lambda)", lambda.ArrowToken.GetLocation(), "a lambda expression");
    }

    private static void ReportNested(SyntaxNodeAnalysisContext context, IMethodSymbol method, string name, Location place, string kind)
    {
        if (HandlerAttribute.FindKey(method) is null)
            return;
        context.ReportDiagnostic(Diagnostic.Create(
            Rules.InaccessibleHandler, place, $"{method.ContainingType.ToDisplayString(SymbolExtensions.Message)}.{name}", "it", kind, "make it a method"));
    }

    private static void ReportDuplicates(CompilationAnalysisContext context, ConcurrentBag<CallablePlace> handlers)
    {
        var sorted = new List<CallablePlace>(handlers);
        sorted.Sort(static (left, right) => left.CompareTo(right));
        var first = new Dictionary<string, CallablePlace>(StringComparer.Ordinal);
        foreach (var handler in sorted)
        {
            if (!first.TryGetValue(handler.Key, out var other))
            {
                first.Add(handler.Key, handler);
                continue;
            }

            context.ReportDiagnostic(Diagnostic.Create(
                Rules.DuplicateCallable,
                handler.Reference.GetSyntax(context.CancellationToken).GetLocation(),
                handler.Callable,
                SymbolEqualityComparer.Default.Equals(handler.Handler, other.Handler)
                    ? "this method by another attribute; remove one of the two"
                    : $"'{other.Handler.ContainingType.ToDisplayString(SymbolExtensions.Message)}.{other.Handler.Name}'; " +
                      "give one of the two another name, or tell them apart with the attribute's Method"));
        }
    }

    /// <summary>A callable and where it is given.</summary>
    private sealed class CallablePlace(string callable, string? method, IMethodSymbol handler, SyntaxReference reference) : IComparable<CallablePlace>
    {
        public string Callable { get; } = callable;

        public string Key { get; } = HandlerModel.KeyOf(callable, method);

        public IMethodSymbol Handler { get; } = handler;

        public SyntaxReference Reference { get; } = reference;

        public int CompareTo(CallablePlace other)
        {
            var byFile = string.CompareOrdinal(Reference.SyntaxTree.FilePath, other.Reference.SyntaxTree.FilePath);
            return byFile != 0 ? byFile : Reference.Span.CompareTo(other.Reference.Span);
        }
    }
}
