namespace Tasker.Generators.Incremental;

/// <summary>
/// A 128-bit hash of everything in a compilation that a declaration's meaning can depend on. Two lanes with different constants make an
/// accidental match as unlikely as a broken disk.
/// </summary>
internal readonly record struct DeclarationHash(ulong First, ulong Second)
{
    public static DeclarationHash Start { get; } = new(0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F);

    public DeclarationHash Add(ulong value) => new(
        Rotate((First ^ value) * 0x87C37B91114253D5, 31) * 0x4CF5AD432745937F,
        Rotate((Second + value) * 0xBF58476D1CE4E5B9, 29) ^ (value * 0x94D049BB133111EB));

    public DeclarationHash Add(DeclarationHash other) => Add(other.First).Add(other.Second);

    public DeclarationHash Add(string text)
    {
        var hash = Add((ulong)text.Length);
        var word = 0UL;
        for (var i = 0; i < text.Length; i++)
        {
            word = (word << 16) | text[i];
            if ((i & 3) == 3)
            {
                hash = hash.Add(word);
                word = 0;
            }
        }

        return (text.Length & 3) == 0 ? hash : hash.Add(word);
    }

    private static ulong Rotate(ulong value, int by) => (value << by) | (value >> (64 - by));
}
