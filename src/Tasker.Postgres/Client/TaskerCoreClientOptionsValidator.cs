using Microsoft.Extensions.Options;

namespace Tasker.Postgres.Client;

internal sealed class TaskerCoreClientOptionsValidator : IValidateOptions<TaskerCoreClientOptions>
{
    public ValidateOptionsResult Validate(string? name, TaskerCoreClientOptions options)
    {
        if (options.BaseAddress is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
            return Fail($"{nameof(TaskerCoreClientOptions.BaseAddress)} is '{options.BaseAddress}'; give a URL such as http://orchestrator:8080.");
        if (IsOutOfRange(options.PollInterval))
            return Fail($"{nameof(TaskerCoreClientOptions.PollInterval)} is {options.PollInterval}; it must be positive, and at most {TimeLimit.MaxDays} days.");
        if (IsOutOfRange(options.Timeout))
            return Fail($"{nameof(TaskerCoreClientOptions.Timeout)} is {options.Timeout}; it must be positive, and at most {TimeLimit.MaxDays} days.");
        if (string.IsNullOrWhiteSpace(options.ApiKeyHeader))
            return Fail($"{nameof(TaskerCoreClientOptions.ApiKeyHeader)} is empty; tasker-core's default is X-API-Key.");
        return ValidateOptionsResult.Success;
    }

    private static bool IsOutOfRange(TimeSpan time) => time <= TimeSpan.Zero || time > TimeLimit.Longest;

    private static ValidateOptionsResult Fail(string message) => ValidateOptionsResult.Fail($"{nameof(TaskerCoreClientOptions)}.{message}");
}
