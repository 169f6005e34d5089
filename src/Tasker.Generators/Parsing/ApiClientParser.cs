using Microsoft.CodeAnalysis;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Models;

namespace Tasker.Generators.Parsing;

/// <summary>Reads what a handler says about its API client.</summary>
internal static class ApiClientParser
{
    /// <returns>The client, or <see langword="null"/> when the handler takes none.</returns>
    public static ApiClientModel? Parse(
        AttributeData data,
        HandlerAttribute attribute,
        string callable,
        List<ParameterModel> parameters,
        string handler,
        ProblemReport? report,
        CancellationToken cancellationToken)
    {
        var takesClient = parameters.Exists(parameter => parameter.Source is ParameterSource.ApiClient);
        if (attribute != HandlerAttribute.Api)
            return takesClient ? new ApiClientModel(callable, BaseAddress: null, CallTimeoutSeconds: 0) : null;

        var address = data.NamedText("BaseAddress");
        if (address is not null && !IsAddress(address))
        {
            Wrong("BaseAddress", "an absolute http or https address, such as https://rates.example/v1", $"'{address}'");
            address = null;
        }

        var timeout = data.NamedValue("CallTimeoutSeconds") as int?;
        if (timeout < 1)
        {
            Wrong("CallTimeoutSeconds", $"an integer from 1 to {int.MaxValue}", $"{timeout}");
            timeout = null;
        }

        if (takesClient)
            return new ApiClientModel(callable, address, timeout ?? 0);
        report?.Invoke(Rules.ApiHandlerWithoutClient, data.Place(cancellationToken), handler);
        return null;

        void Wrong(string argument, string expected, string found) =>
            report?.Invoke(Rules.WrongValue, data.PlaceOf(argument, cancellationToken), argument, $"the [ApiHandler] of '{handler}'", expected, found);
    }

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
        && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0;
}
