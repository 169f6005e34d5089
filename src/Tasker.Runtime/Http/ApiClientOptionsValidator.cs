using System.Globalization;
using Microsoft.Extensions.Options;

namespace Tasker.Http;

internal sealed class ApiClientOptionsValidator : IValidateOptions<ApiClientOptions>
{
    public ValidateOptionsResult Validate(string? name, ApiClientOptions options)
    {
        var problems = Problems(options).Select(problem => $"API client '{name}': {nameof(ApiClientOptions)}.{problem}.").ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(ApiClientOptions options)
    {
        if (options.BaseAddress is { } address && ApiAddress.BaseProblem(address) is { } badAddress)
            yield return $"{nameof(options.BaseAddress)}: {badAddress}";
        if (options.Timeout is { } timeout && timeout != System.Threading.Timeout.InfiniteTimeSpan && timeout <= TimeSpan.Zero)
            yield return $"{nameof(options.Timeout)} is {timeout}; it must be positive, or infinite for no limit";
        foreach (var (header, value) in options.DefaultHeaders)
        {
            if (!ApiHeader.IsName(header))
                yield return $"{nameof(options.DefaultHeaders)}: '{header}' is not a valid header name";
            else if (string.IsNullOrWhiteSpace(value))
                yield return $"{nameof(options.DefaultHeaders)}[\"{header}\"] is missing or empty";
            else if (!ApiHeader.IsValue(value))
                yield return $"{nameof(options.DefaultHeaders)}[\"{header}\"] has a character that a header cannot carry, such as a line break";
        }

        if (options.Authentication?.Problem is { } problem)
            yield return $"{nameof(options.Authentication)}: {problem}";
        if (options.Authentication is not null && options.BaseAddress is null)
            yield return $"{nameof(options.BaseAddress)} is not set, but {nameof(options.Authentication)} is; credentials go to one origin only, so name it";
        if (options.Tls.ClientCertificate is { HasPrivateKey: false })
            yield return $"{nameof(options.Tls)}.{nameof(options.Tls.ClientCertificate)} has no private key";
        if (options.MaxResponseBytes < 1)
            yield return Invariant($"{nameof(options.MaxResponseBytes)} is {options.MaxResponseBytes}; it must be 1 or more");
        if (options.MaxResponseHeaderKilobytes is < 1 or > 1024 * 1024)
            yield return Invariant($"{nameof(options.MaxResponseHeaderKilobytes)} is {options.MaxResponseHeaderKilobytes}; it must be from 1 to 1048576");
        if (options.MaxRedirects < 0)
            yield return Invariant($"{nameof(options.MaxRedirects)} is {options.MaxRedirects}; it must be 0 or more");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
