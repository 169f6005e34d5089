using System.Globalization;

namespace Tasker.Embedded.Crash;

/// <summary>Reads <c>--name value</c> and <c>--flag</c> from a command line.</summary>
internal static class Options
{
    public static bool Has(string[] args, string name) => args.Contains(name, StringComparer.Ordinal);

    public static string? Text(string[] args, string name)
    {
        var index = Array.IndexOf(args, name);
        return index >= 0 && index + 1 < args.Length ? args[index + 1] : null;
    }

    public static double? Number(string[] args, string name) =>
        Text(args, name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;
}
