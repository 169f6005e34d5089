using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Models;

namespace Tasker.Generators.Parsing;

/// <summary>
/// What came of the annotated methods of one compilation. Parsing binds types and constructors, which is dear, so a method is parsed once and all
/// analyzers share the answer. Held as long as the compilation is. Safe to share between threads.
/// </summary>
internal sealed class ParsedMethods
{
    private const string GeneratedName = "it or its attributes use a type or constant that is generated, and a generator sees no generated code; declare that in a file";

    private static readonly ConditionalWeakTable<Compilation, ParsedMethods> Known = new();

    private readonly ConcurrentDictionary<IMethodSymbol, IReadOnlyList<ParsedMethod>> _methods = new(SymbolEqualityComparer.Default);
    private readonly Compilation _compilation;
    private GeneratorFindings? _findings;

    private ParsedMethods(Compilation compilation) => _compilation = compilation;

    public static ParsedMethods Of(Compilation compilation) => Known.GetValue(compilation, static key => new ParsedMethods(key));

    /// <summary>What the generator of the same build found, once <see cref="TakeOver"/> has looked for it.</summary>
    public GeneratorFindings? Findings => Volatile.Read(ref _findings);

    /// <summary>Lets analyzers use what the generator of the same build found. Not for the generator itself.</summary>
    public void TakeOver(CancellationToken cancellationToken)
    {
        if (Findings is null)
            Volatile.Write(ref _findings, GeneratorFindings.For(_compilation, cancellationToken));
    }

    /// <summary>One answer for each attribute of the method that makes a handler; none when it has no such attribute.</summary>
    public IReadOnlyList<ParsedMethod> Find(IMethodSymbol method, CancellationToken cancellationToken)
    {
        if (_methods.TryGetValue(method, out var known))
            return known;
        var parsed = default(List<ParsedMethod>);
        foreach (var attribute in HandlerAttribute.All)
        {
            if (method.FindAttribute(attribute.MetadataName) is { } data)
                (parsed ??= []).Add(Parse(method, data, attribute, cancellationToken));
        }

        // Most methods of a project are no handlers: to find that out again costs less than to remember it.
        return parsed is null ? [] : _methods.GetOrAdd(method, parsed);
    }

    private ParsedMethod Parse(IMethodSymbol method, AttributeData data, HandlerAttribute attribute, CancellationToken cancellationToken)
    {
        if (Findings?.Find(data) is { } found)
            return new ParsedMethod(data, found, []);
        var problems = new List<ParsedProblem>();
        try
        {
            var values = new ValueReader(_compilation, cancellationToken);
            var handler = HandlerParser.Parse(
                method,
                data,
                attribute,
                values,
                (rule, place, arguments) => problems.Add(new ParsedProblem(rule, place, arguments)),
                cancellationToken);
            if (handler is not null && problems.Count == 0 && Findings?.HasSeen(data) is true)
                problems.Add(new ParsedProblem(Rules.UnsupportedType, method.Locations[0], ["The signature", $"{method.ContainingType.ToDisplayString(SymbolExtensions.Message)}.{method.Name}", GeneratedName]));
            return new ParsedMethod(data, new ParsedHandler(handler, handler is null ? [] : values.Serializers, Failure: null), problems);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // One handler that the generator cannot digest must not take the others with it; the generator reports it.
            return new ParsedMethod(data, new ParsedHandler(Handler: null, [], GeneratorFailure.Of(method.ToDisplayString(), exception)), problems);
        }
    }
}

/// <summary>What came of one attribute of a method.</summary>
/// <param name="Attribute">The attribute.</param>
/// <param name="Result">The handler, or why the generator failed at it.</param>
/// <param name="Problems">What is to be said about it.</param>
internal sealed record ParsedMethod(AttributeData Attribute, ParsedHandler Result, IReadOnlyList<ParsedProblem> Problems)
{
    /// <summary>Whether there is a handler, and nothing to be said about it.</summary>
    public bool IsSound => Result.Handler is not null && Problems.Count == 0;
}

/// <summary>Something that the parser reported.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Place">Where.</param>
/// <param name="Arguments">The arguments of the rule's message.</param>
internal sealed record ParsedProblem(DiagnosticDescriptor Rule, Location? Place, string[] Arguments);
