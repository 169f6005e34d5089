using System.Globalization;

namespace Tasker.Samples;

/// <summary>
/// A parsed command line: <c>--name value</c> or <c>--name=value</c>, flags, and positional arguments. A negative number is positional, and so
/// is everything after <c>--</c>.
/// </summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, string> _values = [];
    private readonly HashSet<string> _flags = [];
    private readonly List<string> _positional = [];

    private CommandLine() { }

    /// <exception cref="UsageException">An option is unknown, given twice or lacks its value, or there are too many arguments.</exception>
    public static CommandLine Parse(IReadOnlyList<string> args, string[] options, string[] flags, int positional)
    {
        var line = new CommandLine();
        var onlyPositional = false;
        for (var i = 0; i < args.Count; i++)
        {
            var arg = args[i];
            if (onlyPositional || !LooksLikeOption(arg))
            {
                line._positional.Add(arg);
                if (line._positional.Count > positional)
                    throw new UsageException($"'{arg}' is one argument too many.");
                continue;
            }

            if (arg == "--")
            {
                onlyPositional = true;
                continue;
            }

            var equals = arg.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? arg : arg[..equals];
            if (flags.Contains(name) && equals < 0)
                line._flags.Add(name);
            else if (!options.Contains(name))
                throw new UsageException($"The option '{arg}' is unknown.");
            else if (equals < 0 && i + 1 == args.Count)
                throw new UsageException($"The option '{name}' needs a value.");
            else if (!line._values.TryAdd(name, equals < 0 ? args[++i] : arg[(equals + 1)..]))
                throw new UsageException($"The option '{name}' is given twice.");
        }

        return line;
    }

    public bool Has(string flag) => _flags.Contains(flag);

    public string? Positional(int index) => index < _positional.Count ? _positional[index] : null;

    public string? Value(string option) => _values.GetValueOrDefault(option);

    /// <exception cref="UsageException">The path is empty.</exception>
    public string? File(string option) =>
        Value(option) is { } path && string.IsNullOrWhiteSpace(path) ? throw new UsageException($"The option '{option}' needs a path.") : Value(option);

    /// <exception cref="UsageException">The value is not a whole number in the range.</exception>
    public int? Integer(string option, int min, int max)
    {
        if (!_values.TryGetValue(option, out var text))
            return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw new UsageException(string.Create(
                CultureInfo.InvariantCulture, $"The option '{option}' must be a whole number from {min} to {max}, but is '{text}'."));
    }

    private static bool LooksLikeOption(string arg) => arg.Length > 1 && arg[0] == '-' && !char.IsAsciiDigit(arg[1]) && arg[1] != '.';
}
