using System.Collections.Frozen;
using Microsoft.Extensions.DependencyInjection;
using Tasker.Handlers;

namespace Tasker.Worker;

/// <summary>Runs the handler of one claimed step: bind, call, outcome. Whatever the handler throws becomes a failure.</summary>
internal sealed class StepRunner(
    HandlerTable handlers,
    ErrorClassifier errors,
    IEnumerable<PlaceholderRequest> placeholders,
    IServiceScopeFactory scopes,
    IServiceProvider services,
    TimeProvider time)
{
    private readonly FrozenSet<string> _runPlaceholders = placeholders.Select(request => request.Callable).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The handlers of template steps that were looked up, by the steps' numbers.</summary>
    private HandlerAdapter?[] _found = [];

    /// <summary>Runs one attempt and leaves its outcome, success or failure, in the frame.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled and the handler obeyed.</exception>
    public ValueTask RunAsync(ClaimedStep step, StepFrame frame, CancellationToken cancellationToken)
    {
        var outcome = frame.Outcome;
        if (Find(step) is not { } handler)
        {
            outcome.SetFailure(ErrorClassifier.HandlerNotFound(step.Definition.Callable, step.Definition.Method));
            return ValueTask.CompletedTask;
        }

        if (handler.Kind is HandlerKind.BatchWorker && step.IsPlaceholderBatch && !_runPlaceholders.Contains(handler.Callable))
        {
            outcome.SetNoOpBatch(time.GetUtcNow());
            return ValueTask.CompletedTask;
        }

        return handler.NeedsScope
            ? RunInScopeAsync(handler, step, frame, cancellationToken)
            : InvokeAsync(handler, frame.Enter(step, services, cancellationToken), outcome);
    }

    /// <summary>By name for a template step's first attempt, by number for all others.</summary>
    private HandlerAdapter? Find(ClaimedStep step)
    {
        var (found, number) = (Volatile.Read(ref _found), step.DefinitionNumber);
        if ((uint)number < (uint)found.Length && found[number] is { } known)
            return known;
        var handler = handlers.Find(step.Definition);
        if (handler is not null && number >= 0)
            Remember(number, handler);
        return handler;
    }

    /// <summary>When two slots remember at once, one of them may have to look up again.</summary>
    private void Remember(int number, HandlerAdapter handler)
    {
        var found = _found;
        if (number >= found.Length)
            Array.Resize(ref found, Math.Max(number + 1, 2 * found.Length));
        found[number] = handler;
        Volatile.Write(ref _found, found);
    }

    private async ValueTask RunInScopeAsync(HandlerAdapter handler, ClaimedStep step, StepFrame frame, CancellationToken cancellationToken)
    {
        try
        {
            var scope = scopes.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                await InvokeAsync(handler, frame.Enter(step, scope.ServiceProvider, cancellationToken), frame.Outcome).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (!(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            // A service that fails when its scope ends may have failed to write what the handler gave it.
            frame.Outcome.SetFailure(errors.Classify(exception, handler.Callable));
        }
    }

    private ValueTask InvokeAsync(HandlerAdapter handler, StepContext context, StepOutcome outcome)
    {
        try
        {
            var invocation = handler.InvokeAsync(context, outcome);
            return invocation.IsCompletedSuccessfully ? ValueTask.CompletedTask : AwaitAsync(invocation, context, outcome);
        }
        catch (Exception exception) when (!IsOurCancellation(exception, context))
        {
            outcome.SetFailure(errors.Classify(exception, context.Callable));
            return ValueTask.CompletedTask;
        }
    }

    private async ValueTask AwaitAsync(ValueTask invocation, StepContext context, StepOutcome outcome)
    {
        try
        {
            await invocation.ConfigureAwait(false);
        }
        catch (Exception exception) when (!IsOurCancellation(exception, context))
        {
            outcome.SetFailure(errors.Classify(exception, context.Callable));
        }
    }

    private static bool IsOurCancellation(Exception exception, StepContext context) =>
        exception is OperationCanceledException && context.CancellationToken.IsCancellationRequested;
}
