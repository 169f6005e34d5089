using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Tasker.Generators.Incremental;

/// <summary>
/// A compilation as far as its declarations go. Equal to another one when no declaration can mean anything else: then an edit was inside
/// a method body, a comment or white space, and what was derived from the declarations still holds. Holds the compilation weakly: it is
/// only asked for in the run that saw the declarations change, and must not keep an old compilation alive.
/// </summary>
internal sealed class CompilationDeclarations : IEquatable<CompilationDeclarations>
{
    private static readonly ConditionalWeakTable<object, StrongBox<ulong>> Identities = new();
    private static long _lastIdentity;

    private readonly WeakReference<Compilation> _compilation;
    private readonly DeclarationHash _hash;

    private CompilationDeclarations(Compilation compilation, DeclarationHash hash)
    {
        _compilation = new WeakReference<Compilation>(compilation);
        _hash = hash;
    }

    /// <summary>Looks at a compilation. Costs a table lookup for each file that has been seen before.</summary>
    public static CompilationDeclarations Of(Compilation compilation, CancellationToken cancellationToken)
    {
        var hash = DeclarationHash.Start.Add(compilation.AssemblyName ?? "").Add(Identity(compilation.Options));
        foreach (var reference in compilation.References)
            hash = hash.Add(Identity(reference));
        foreach (var tree in compilation.SyntaxTrees)
            hash = hash.Add(Identity(tree.Options)).Add(TreeDeclarations.Of(tree, cancellationToken).Hash);
        return new CompilationDeclarations(compilation, hash);
    }

    /// <summary>The compilation, in the run that saw these declarations first.</summary>
    public bool TryGetCompilation(out Compilation compilation) => _compilation.TryGetTarget(out compilation!);

    public bool Equals(CompilationDeclarations? other) => other is not null && other._hash == _hash;

    public override bool Equals(object? obj) => Equals(obj as CompilationDeclarations);

    public override int GetHashCode() => _hash.GetHashCode();

    /// <summary>A number that no other object ever has, so that equal numbers mean the same object.</summary>
    private static ulong Identity(object item) =>
        Identities.GetValue(item, static _ => new StrongBox<ulong>((ulong)Interlocked.Increment(ref _lastIdentity))).Value;
}
