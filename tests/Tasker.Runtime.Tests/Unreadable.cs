using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Tasker.Tests;

/// <summary>Facts that an application gives and nobody can read.</summary>
internal sealed class Unreadable : IReadOnlyDictionary<string, string>
{
    public int Count => throw Error;

    public IEnumerable<string> Keys => throw Error;

    public IEnumerable<string> Values => throw Error;

    private static InvalidOperationException Error => new("These facts cannot be read.");

    public string this[string key] => throw Error;

    public bool ContainsKey(string key) => throw Error;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => throw Error;

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => throw Error;

    IEnumerator IEnumerable.GetEnumerator() => throw Error;
}
