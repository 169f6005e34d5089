using Mediator;
using Microsoft.Extensions.DependencyInjection;

namespace Tasker.Benchmarks.Mediator;

/// <summary>The same question that the Tasker handler of the comparison answers.</summary>
public readonly record struct QuoteCommand(int Sku, decimal Price, int Quantity, bool Express) : ICommand<QuoteAnswer>;

public sealed record QuoteAnswer(int Sku, decimal Total, int Days, bool Discounted);

public sealed class QuoteHandler : ICommandHandler<QuoteCommand, QuoteAnswer>
{
    public ValueTask<QuoteAnswer> Handle(QuoteCommand command, CancellationToken cancellationToken) =>
        new(new QuoteAnswer(command.Sku, command.Price * command.Quantity, command.Express ? 1 : 5, command.Quantity > 100));
}

public static class QuoteMediator
{
    public static IMediator Create() =>
        new ServiceCollection().AddMediator(static options => options.ServiceLifetime = ServiceLifetime.Singleton).BuildServiceProvider().GetRequiredService<IMediator>();
}
