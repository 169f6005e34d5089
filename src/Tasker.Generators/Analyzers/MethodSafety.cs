using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;

namespace Tasker.Generators.Analyzers;

/// <summary>What one method does that matters for safety, gathered while its body is analyzed, from several threads.</summary>
internal sealed class MethodSafety
{
    private int _usesToken;

    /// <summary>The places that block, with the arguments of the message.</summary>
    public ConcurrentBag<(Location Place, string Call, string Remedy)> Blocking { get; } = [];

    /// <summary>The methods of the same type that it calls.</summary>
    public ConcurrentBag<IMethodSymbol> Callees { get; } = [];

    /// <summary>The calls that could take a token and get none.</summary>
    public ConcurrentBag<(int Position, string Call)> WithoutToken { get; } = [];

    /// <summary>Whether it looks at a token, its parameter or that of its context.</summary>
    public bool UsesToken
    {
        get => Volatile.Read(ref _usesToken) != 0;
        set => Volatile.Write(ref _usesToken, value ? 1 : 0);
    }
}
