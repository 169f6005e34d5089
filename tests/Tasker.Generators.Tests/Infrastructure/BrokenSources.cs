using CsCheck;

namespace Tasker.Generators.Tests.Infrastructure;

/// <summary>Sources as they are while somebody types: cut off, or with tokens in the wrong places.</summary>
internal static class BrokenSources
{
    private static readonly string[] Tokens = ["{", "}", "(", ")", "<", ">", "[", "]", ";", "class", "record", "partial", "static", "ref", "async", "unsafe", "*", "?", "\"", "=", "int", "T", "this", "params", "out", "required", "file", "Task<", "[StepHandler(\"x\")]", "[FromInput]", "delegate", "null", "1"];

    public static Gen<string> Of(string sample)
    {
        var edits = Gen.Select(Gen.Int[0, sample.Length - 1], Gen.Int[0, 30], Gen.Int[0, Tokens.Length - 1]);
        return Gen.OneOf(
            Gen.Int[0, sample.Length].Select(length => sample[..length]),
            edits.Array[1, 5].Select(all => all.Aggregate(sample, (text, edit) =>
            {
                var at = Math.Min(edit.Item1, text.Length);
                return string.Concat(text.AsSpan(0, at), " " + Tokens[edit.Item3] + " ", text.AsSpan(Math.Min(at + edit.Item2, text.Length)));
            })));
    }
}
