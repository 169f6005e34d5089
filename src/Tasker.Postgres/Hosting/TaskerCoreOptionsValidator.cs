using Microsoft.Extensions.Options;
using Tasker.Postgres.Database;
using Tasker.Postgres.Registration;

namespace Tasker.Postgres.Hosting;

internal sealed class TaskerCoreOptionsValidator : IValidateOptions<TaskerCoreOptions>
{
    private static readonly TimeSpan ShortestSilence = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestPollInterval = TimeSpan.FromMilliseconds(10);

    public ValidateOptionsResult Validate(string? name, TaskerCoreOptions options)
    {
        try
        {
            ConnectionText.Parse(options.ConnectionString);
        }
        catch (ArgumentException exception)
        {
            // The text itself is not repeated: it may hold a password.
            return Fail(
                $"{nameof(TaskerCoreOptions.ConnectionString)} is not valid: {exception.Message}. Examples are " +
                "'Host=localhost;Database=tasker;Username=tasker;Password=...' and 'postgresql://tasker:...@localhost/tasker'.");
        }

        foreach (var served in options.Namespaces)
        {
            if (!QueueNames.IsNamespace(served))
                return Fail($"{nameof(TaskerCoreOptions.Namespaces)} has '{served}'; {NamespaceRule}");
        }

        if (options.WorkerSilence < ShortestSilence || options.WorkerSilence > TimeLimit.Longest)
            return Fail($"{nameof(TaskerCoreOptions.WorkerSilence)} is {options.WorkerSilence}; it must be {ShortestSilence} or more, and at most {TimeLimit.MaxDays} days.");
        if (options.PollInterval < ShortestPollInterval || options.PollInterval > TimeLimit.Longest)
            return Fail($"{nameof(TaskerCoreOptions.PollInterval)} is {options.PollInterval}; it must be {ShortestPollInterval} or more, and at most {TimeLimit.MaxDays} days.");
        if (options.StartTimeout < TimeSpan.Zero)
            return Fail($"{nameof(TaskerCoreOptions.StartTimeout)} is {options.StartTimeout}; it must not be negative.");
        if (options.StopTimeout < TimeSpan.Zero || options.StopTimeout > TimeLimit.Longest)
            return Fail($"{nameof(TaskerCoreOptions.StopTimeout)} is {options.StopTimeout}; it must not be negative, and at most {TimeLimit.MaxDays} days.");
        if (string.IsNullOrWhiteSpace(options.WorkerName))
            return Fail($"{nameof(TaskerCoreOptions.WorkerName)} is empty; give the worker a name.");
        return ValidateOptionsResult.Success;
    }

    public static string NamespaceRule { get; } =
        $"a namespace has at most {QueueNames.MaxNamespaceLength} letters, digits and underscores and does not begin with a digit, because queues are named after it.";

    private static ValidateOptionsResult Fail(string message) => ValidateOptionsResult.Fail($"{nameof(TaskerCoreOptions)}.{message}");
}
