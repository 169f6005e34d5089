using System.Globalization;
using System.Text;

namespace Tasker.Generators.Json;

/// <summary>Derives JSON names as <c>JsonNamingPolicy.SnakeCaseLower</c> does; a test compares the two.</summary>
internal static class SnakeCase
{
    /// <summary><c>csvFilePath</c> becomes <c>csv_file_path</c>, <c>HTTPStatus</c> becomes <c>http_status</c>.</summary>
    public static string Convert(string name)
    {
        var result = new StringBuilder(name.Length + 4);
        var state = State.Start;
        for (var i = 0; i < name.Length; i++)
        {
            var current = name[i];
            switch (char.GetUnicodeCategory(current))
            {
                case UnicodeCategory.UppercaseLetter:
                    if (state is State.Separator || (state is State.LowercaseOrDigit or State.Uppercase && BeginsWord(name, i, state)))
                        result.Append('_');
                    result.Append(char.ToLowerInvariant(current));
                    state = State.Uppercase;
                    break;
                case UnicodeCategory.LowercaseLetter or UnicodeCategory.DecimalDigitNumber:
                    if (state is State.Separator)
                        result.Append('_');
                    result.Append(current);
                    state = State.LowercaseOrDigit;
                    break;
                case UnicodeCategory.SpaceSeparator:
                    if (state is not State.Start)
                        state = State.Separator;
                    break;
                default:
                    result.Append(current);
                    state = State.Start;
                    break;
            }
        }

        return result.ToString();
    }

    /// <summary>An upper-case letter begins a word after a lower-case one or a digit, and when it is the last of a run before a lower-case letter.</summary>
    private static bool BeginsWord(string name, int i, State before) =>
        before is State.LowercaseOrDigit
        || (i + 1 < name.Length && char.GetUnicodeCategory(name[i + 1]) is UnicodeCategory.LowercaseLetter);

    private enum State
    {
        Start,
        Uppercase,
        LowercaseOrDigit,
        Separator,
    }
}
