using CsCheck;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tasker.Generators.Incremental;

namespace Tasker.Generators.Tests.Incremental;

/// <summary>The gate in front of the semantic work: it must open for whatever can change a declaration's meaning, and for nothing else.</summary>
public sealed class DeclarationTests
{
    private const string Source = """
        using System;
        #nullable enable
        namespace Shop;

        /// <summary>Handlers.</summary>
        public sealed partial class Orders(string name)
        {
            private const int Size = 10;
            private int _count = 1;
            public int Count => _count + 1;
            public int Total { get { return _count; } set { _count = value; } }

            [StepHandler("load")]
            public static Order Load([FromInput] string id, int size = Size)
            {
                var x = id.Length + size;
                int Local(int y) => y + x;
                return new Order(Local(1));
            }

            [StepHandler("save")]
            public int Save(Order order) => order.Id * _count;
        }

        public record Order(int Id);
        """;

    [Theory]
    [InlineData("var x = id.Length + size;", "var x = id.Length - size; Console.WriteLine(x);")]
    [InlineData("order.Id * _count", "order.Id + 42")]
    [InlineData("_count + 1", "_count - 1")]
    [InlineData("return _count;", "return 7;")]
    [InlineData("/// <summary>Handlers.</summary>", "// nothing\n\n")]
    [InlineData("int Local(int y) => y + x;", "long Local(long y, long z = 1) { return y; }")]
    public void What_a_body_does_changes_no_declaration(string old, string @new) =>
        Assert.Equal(Hash(Source), Hash(Replace(old, @new)));

    [Theory]
    [InlineData("Size = 10", "Size = 11")]
    [InlineData("\"load\"", "\"loads\"")]
    [InlineData("[FromInput] ", "")]
    [InlineData("string id", "int id")]
    [InlineData("int size = Size", "int size = 3")]
    [InlineData("Order(int Id)", "Order(long Id)")]
    [InlineData("#nullable enable", "#nullable disable")]
    [InlineData("#nullable enable", "")]
    [InlineData("using System;", "using System; using O = System.Object;")]
    [InlineData("namespace Shop", "namespace Shops")]
    [InlineData("public int Save", "internal int Save")]
    [InlineData("var x = id.Length + size;", "\n#nullable disable\nvar x = 1;")]
    [InlineData("var x = id.Length + size;", "}\npublic void More() {")]
    public void What_a_declaration_says_changes_it(string old, string @new) =>
        Assert.NotEqual(Hash(Source), Hash(Replace(old, @new)));

    [Fact]
    public void Every_token_outside_a_body_counts_and_none_inside()
    {
        var tree = CSharpSyntaxTree.ParseText(Source);
        var tokens = tree.GetRoot().DescendantTokens().Where(token => token.Span.Length > 0).ToArray();
        var hash = Hash(Source);

        Gen.Select(Gen.Int[0, tokens.Length - 1], Gen.String[Gen.Char['a', 'z'], 1, 8]).Sample((index, name) =>
        {
            var token = tokens[index];
            if (!token.IsKind(SyntaxKind.IdentifierToken) || token.Text == name || SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None)
                return true;
            var edited = Source.Remove(token.SpanStart, token.Span.Length).Insert(token.SpanStart, name);
            return IsInBody(token) == (Hash(edited) == hash);
        });
    }

    /// <summary>As other generators write it. A stack that is too small would end the compiler, and this process.</summary>
    [Fact]
    public void An_expression_of_a_hundred_thousand_terms_is_walked()
    {
        var terms = string.Join(" + ", Enumerable.Repeat("A", 100_000));

        Assert.NotEqual(Hash($"class C {{ int A, B = {terms}; }}"), Hash($"class C {{ int A, B = {terms} + A; }}"));
    }

    [Fact]
    public void Attributed_methods_are_listed_in_order()
    {
        var declarations = TreeDeclarations.Of(CSharpSyntaxTree.ParseText(Source), CancellationToken.None);

        Assert.Equal(["Load", "Save"], declarations.AttributedMethods.Select(method => method.Identifier.Text));
    }

    [Fact]
    public void A_compilation_equals_its_clone_and_a_body_edit()
    {
        var compilation = Compile(Source);

        Assert.Equal(Declarations(compilation), Declarations(compilation.Clone()));
        Assert.Equal(Declarations(compilation), Declarations(Edit(compilation, Replace("return _count;", "return 0;"))));
    }

    [Fact]
    public void A_compilation_differs_when_anything_outside_bodies_does()
    {
        var compilation = Compile(Source);
        var declarations = Declarations(compilation);

        Assert.NotEqual(declarations, Declarations(Edit(compilation, Replace("string id", "int id"))));
        Assert.NotEqual(declarations, Declarations(compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Other;"))));
        Assert.NotEqual(declarations, Declarations(compilation.AddReferences(MetadataReference.CreateFromFile(typeof(Gen).Assembly.Location))));
        Assert.NotEqual(declarations, Declarations(compilation.WithAssemblyName("other")));
        Assert.NotEqual(
            declarations,
            Declarations(compilation.WithOptions(compilation.Options.WithNullableContextOptions(NullableContextOptions.Enable))));
    }

    private static CSharpCompilation Compile(string source) =>
        CSharpCompilation.Create("a", [CSharpSyntaxTree.ParseText(source)], [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)]);

    private static CSharpCompilation Edit(CSharpCompilation compilation, string source) => compilation.ReplaceSyntaxTree(
        compilation.SyntaxTrees[0],
        CSharpSyntaxTree.ParseText(source, (CSharpParseOptions)compilation.SyntaxTrees[0].Options));

    private static CompilationDeclarations Declarations(Compilation compilation) =>
        CompilationDeclarations.Of(compilation, CancellationToken.None);

    private static DeclarationHash Hash(string source) =>
        TreeDeclarations.Of(CSharpSyntaxTree.ParseText(source), CancellationToken.None).Hash;

    private static bool IsInBody(SyntaxToken token) =>
        token.Parent!.AncestorsAndSelf().Any(node =>
            node is BlockSyntax { Parent: BaseMethodDeclarationSyntax or AccessorDeclarationSyntax }
            || node is ArrowExpressionClauseSyntax { Parent: BaseMethodDeclarationSyntax or BasePropertyDeclarationSyntax or AccessorDeclarationSyntax });

    private static string Replace(string old, string @new)
    {
        Assert.Contains(old, Source, StringComparison.Ordinal);
        return Source.Replace(old, @new, StringComparison.Ordinal);
    }
}
