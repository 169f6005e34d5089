using Microsoft.Extensions.Options;

namespace Tasker.Worker;

internal sealed class WorkerOptionsValidator : IValidateOptions<WorkerOptions>
{
    /// <summary>Twice a grace is waited for at most.</summary>
    private const int MaxGraceDays = TimerLimit.MaxDays / 2;

    public ValidateOptionsResult Validate(string? name, WorkerOptions options)
    {
        if (options.MaxConcurrency < 1)
            return Fail($"{nameof(WorkerOptions.MaxConcurrency)} is {options.MaxConcurrency}; it must be 1 or more.");
        if (options.DefaultTimeout is { } timeout && timeout <= TimeSpan.Zero)
            return Fail($"{nameof(WorkerOptions.DefaultTimeout)} is {timeout}; it must be positive, or null for no limit.");
        if (IsNoGrace(options.CancellationGrace))
            return Fail($"{nameof(WorkerOptions.CancellationGrace)} is {options.CancellationGrace}; it must not be negative, and at most {MaxGraceDays} days.");
        if (IsNoGrace(options.ShutdownGrace))
            return Fail($"{nameof(WorkerOptions.ShutdownGrace)} is {options.ShutdownGrace}; it must not be negative, and at most {MaxGraceDays} days.");
        if (options.EventQueueCapacity < 1)
            return Fail($"{nameof(WorkerOptions.EventQueueCapacity)} is {options.EventQueueCapacity}; it must be 1 or more.");
        return ValidateOptionsResult.Success;
    }

    private static bool IsNoGrace(TimeSpan grace) => grace < TimeSpan.Zero || grace > TimeSpan.FromDays(MaxGraceDays);

    private static ValidateOptionsResult Fail(string message) => ValidateOptionsResult.Fail($"{nameof(WorkerOptions)}.{message}");
}
