namespace Tasker.Examples;

public sealed record Order(string Sku, int Quantity, string? Coupon);

public sealed record Price(decimal Total, bool Discounted);

public interface IPriceList
{
    decimal? PriceOf(string sku);
}

[TaskTemplate("pricing", Namespace = "examples", Version = "1.0.0")]
public static partial class Pricing
{
    // One record without an attribute is the whole task context; a service comes from the host.
    [StepHandler("price", MaxAttempts = 5)]
    public static Price Calculate(Order order, [FromServices] IPriceList prices)
    {
        if (order.Quantity <= 0)
            throw new ValidationException($"The quantity must be positive, but is {order.Quantity}.");
        var price = prices.PriceOf(order.Sku) ?? throw new NotFoundException($"There is no article '{order.Sku}'.");
        return new Price(price * order.Quantity, Discounted: false);
    }

    // A member of the context, and what another step returned: that step is a dependency.
    [StepHandler("discount")]
    public static Price Discount([FromStep] Price price, [FromInput] string? coupon) =>
        coupon is null ? price : new Price(price.Total * 0.9m, Discounted: true);

    // A value that is not an object travels as {"result": value}; explicit failures need no exception.
    [StepHandler("invoice_number")]
    public static StepResult<string> Number([FromStep("discount")] Price price, StepContext context) =>
        price.Total > 1_000_000
            ? StepResult.Failure("An invoice this large needs a person.", retryable: false, "business_logic_error", "TOO_LARGE")
            : $"INV-{context.TaskId:N}";
}
