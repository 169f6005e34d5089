using System.Text;
using CsCheck;

namespace Tasker.Generators.Tests.Json;

/// <summary>Random types with random JSON: the generated serializers must do what System.Text.Json does.</summary>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private const int TypesInBatch = 25;
    private const int TextsOfType = 40;

    /// <summary>CsCheck prints the seed of a failure; the message of the assertion names the type and the JSON.</summary>
    [Fact]
    public void Random_types_and_values() => Gen.Int.Uniform.Sample(Batch, output.WriteLine, iter: 2, threads: 1);

    private static void Batch(int seed)
    {
        var random = new Random(seed);
        var types = new RandomTypes(random).Add(TypesInBatch);
        using var codecs = CompiledCodecs.Create(types.Source, types.Roots);
        var jsons = new RandomJson(random, codecs.Options);
        foreach (var root in types.Roots)
        {
            var codec = codecs[root];
            for (var i = 0; i < TextsOfType; i++)
            {
                var json = Encoding.UTF8.GetBytes(jsons.For(codec.Type));
                Differential.AssertReads(codec, json);
                Differential.AssertReads(codec, jsons.Damage(json));
            }
        }
    }
}
