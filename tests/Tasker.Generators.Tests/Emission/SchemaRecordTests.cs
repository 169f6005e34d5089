using System.Text;
using System.Text.Json;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Emission;

/// <summary>The records that schemas become are read and written.</summary>
public sealed class SchemaRecordTests
{
    private const string Source = """
        public static class C
        {
            [StepHandler("here")]
            public static string Here([FromInput] string json)
            {
                var codec = Shop.Orders.Steps.Charge.Codec;
                var reader = new System.Text.Json.Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(json));
                reader.Read();
                Shop.Orders.ChargeResult result = codec.Read(ref reader);
                return $"{result.Paid} {result.Receipt?.Id} {result.Receipt?.Receipt}";
            }
        }
        """;

    [Theory]
    [InlineData("""{"paid":true,"receipt":{"id":7,"receipt":"x"},"more":[]}""", "True 7 x")]
    [InlineData("""{"paid":false}""", "False  ")]
    public async Task A_declared_result_is_read(string json, string expected)
    {
        using var assembly = new GeneratedAssembly(Source, [("orders.workflow.yaml", Samples.Schemas)]);

        Assert.Equal(
            $"{{\"result\":{JsonSerializer.Serialize(expected)}}}",
            await assembly.Run("here", Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(new { json }))));
    }
}
