using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tasker.Generators.Incremental;

/// <summary>
/// What one file declares, without what its method bodies do: a hash, and the methods and classes that carry attributes. Computed once a syntax
/// tree; a tree never changes, an edit makes a new one.
/// </summary>
internal sealed class TreeDeclarations
{
    private static readonly ConditionalWeakTable<SyntaxTree, TreeDeclarations> Known = new();

    private readonly List<MethodDeclarationSyntax> _attributedMethods = [];
    private readonly List<TypeDeclarationSyntax> _attributedClasses = [];

    private TreeDeclarations(SyntaxTree tree, CancellationToken cancellationToken)
    {
        var hash = DeclarationHash.Start;
        Visit(tree.GetRoot(cancellationToken), ref hash, cancellationToken);
        Hash = hash;
    }

    /// <summary>Equal for two trees whose declarations mean the same, whatever their method bodies, comments and layout are.</summary>
    public DeclarationHash Hash { get; }

    /// <summary>Every method that has an attribute, in source order.</summary>
    public IReadOnlyList<MethodDeclarationSyntax> AttributedMethods => _attributedMethods;

    /// <summary>Every class and record that has an attribute, in source order.</summary>
    public IReadOnlyList<TypeDeclarationSyntax> AttributedClasses => _attributedClasses;

    public static TreeDeclarations Of(SyntaxTree tree, CancellationToken cancellationToken)
    {
        if (Known.TryGetValue(tree, out var declarations))
            return declarations;
        declarations = new TreeDeclarations(tree, cancellationToken);
        return Known.GetValue(tree, _ => declarations);
    }

    /// <summary>Without recursion: what a generated file writes into one expression can be nested deeper than a stack is.</summary>
    private void Visit(SyntaxNode root, ref DeclarationHash hash, CancellationToken cancellationToken)
    {
        var open = new Stack<ChildSyntaxList.Enumerator>();
        Enter(root, open, ref hash);
        while (open.Count > 0)
        {
            var children = open.Pop();
            if (!children.MoveNext())
                continue;
            var child = children.Current;
            open.Push(children);
            if (child.AsNode() is { } node)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Enter(node, open, ref hash);
                continue;
            }

            var token = child.AsToken();
            if (token.ContainsDirectives)
                AddNullableDirectives(token.LeadingTrivia, ref hash);
            hash = hash.Add((ulong)token.RawKind).Add(token.Text);
        }
    }

    private void Enter(SyntaxNode node, Stack<ChildSyntaxList.Enumerator> open, ref DeclarationHash hash)
    {
        hash = hash.Add((ulong)node.RawKind);
        if (IsBody(node))
        {
            // What a body does has no effect on any declaration, except that a #nullable in it holds for what follows.
            if (node.ContainsDirectives)
                AddNullableDirectives(node.DescendantTrivia(), ref hash);
            return;
        }

        if (node is MethodDeclarationSyntax { AttributeLists.Count: > 0 } method)
            _attributedMethods.Add(method);
        else if (node is ClassDeclarationSyntax or RecordDeclarationSyntax && ((TypeDeclarationSyntax)node).AttributeLists.Count > 0)
            _attributedClasses.Add((TypeDeclarationSyntax)node);
        open.Push(node.ChildNodesAndTokens().GetEnumerator());
    }

    private static bool IsBody(SyntaxNode node) => node switch
    {
        BlockSyntax => node.Parent is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax,
        ArrowExpressionClauseSyntax => node.Parent is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or BasePropertyDeclarationSyntax,
        GlobalStatementSyntax => true,
        _ => false,
    };

    private static void AddNullableDirectives(IEnumerable<SyntaxTrivia> trivia, ref DeclarationHash hash)
    {
        foreach (var item in trivia)
        {
            if (item.IsKind(SyntaxKind.NullableDirectiveTrivia) && item.GetStructure() is NullableDirectiveTriviaSyntax { IsActive: true } directive)
                hash = hash.Add((ulong)directive.SettingToken.RawKind).Add((ulong)directive.TargetToken.RawKind);
        }
    }
}
