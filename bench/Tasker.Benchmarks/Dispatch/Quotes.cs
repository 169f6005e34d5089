using System.Text.Json.Serialization;

namespace Tasker.Benchmarks.Dispatch;

public readonly record struct QuoteRequest(int Sku, decimal Price, int Quantity, bool Express);

public sealed record Quote(int Sku, decimal Total, int Days, bool Discounted);

/// <summary>The handler whose dispatch is measured: it costs next to nothing itself.</summary>
public static class QuoteSteps
{
    [StepHandler("bench_quote")]
    public static Quote Calculate(QuoteRequest request) =>
        new(request.Sku, request.Price * request.Quantity, request.Express ? 1 : 5, request.Quantity > 100);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(QuoteRequest))]
[JsonSerializable(typeof(Quote))]
[JsonSerializable(typeof(Mediator.QuoteAnswer))]
internal sealed partial class QuoteJson : JsonSerializerContext;
