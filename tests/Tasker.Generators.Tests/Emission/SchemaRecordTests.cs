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

    [Fact]
    public void A_required_property_may_stand_behind_an_optional_one()
    {
        var host = new GeneratorHost(
            """
            public static class C
            {
                public static Shop.Mixed.Inputs Make() => new("a", new("b"), Note: "c");
                public static Shop.Mixed.LoadResult Result() => new(1);
            }
            """,
            ("mixed.workflow.yaml", """
                name: mixed
                namespace_name: n
                version: 1.0.0
                input_schema:
                  type: object
                  required: [id, customer]
                  properties:
                    note: { type: string }
                    id: { type: string }
                    customer:
                      type: object
                      required: [name]
                      properties: { age: { type: integer }, name: { type: string } }
                steps:
                  - name: load
                    handler: { callable: elsewhere, resolver: python }
                    result_schema:
                      type: object
                      required: [count]
                      properties: { reason: { type: string }, count: { type: integer } }
                """));

        host.RunTwice();

        Assert.Empty(host.Problems());
    }
}
