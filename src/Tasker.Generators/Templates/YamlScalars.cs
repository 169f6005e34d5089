using System.Globalization;
using System.Text;

namespace Tasker.Generators.Templates;

/// <summary>The plain scalars of the YAML 1.2 core schema, and what tasker-core's reader (serde_yaml 0.9) adds to it: binary integers and signs before every base.</summary>
internal static class YamlScalars
{
    public static bool TryBoolean(YamlScalar scalar, out bool value)
    {
        value = scalar.Text is "true" or "True" or "TRUE";
        return scalar.IsPlain && (value || scalar.Text is "false" or "False" or "FALSE");
    }

    public static bool TryInteger(YamlScalar scalar, out long value)
    {
        value = 0;
        return scalar.IsPlain
            && TryNumber(scalar, out var number)
            && long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    public static bool IsNotFinite(YamlScalar scalar) =>
        scalar.IsPlain && scalar.Text.TrimStart('+', '-') is ".inf" or ".Inf" or ".INF" or ".nan" or ".NaN" or ".NAN";

    /// <summary>A number as JSON writes it, every digit kept.</summary>
    public static bool TryNumber(YamlScalar scalar, out string json)
    {
        json = "";
        var text = scalar.Text;
        if (!scalar.IsPlain || text.Length == 0 || text.Length > 400)
            return false;
        if (TryRadix(text, "0x", 16, out json) || TryRadix(text, "0o", 8, out json) || TryRadix(text, "0b", 2, out json))
            return true;

        var number = new StringBuilder(text.Length);
        var i = 0;
        if (text[0] is '+' or '-')
            i++;
        if (text[0] == '-')
            number.Append('-');
        var whole = Digits(text, ref i);
        var digits = whole.Length;

        // 01234 is a postal code, not 1234: to tasker-core's reader it is text as well.
        if (digits > 1 && whole[0] == '0' && i == text.Length)
            return false;
        whole = whole.TrimStart('0');
        number.Append(whole.Length == 0 ? "0" : whole);
        if (i < text.Length && text[i] == '.')
        {
            i++;
            var fraction = Digits(text, ref i);
            digits += fraction.Length;
            number.Append('.').Append(fraction.Length == 0 ? "0" : fraction);
        }

        if (digits == 0)
            return false;
        if (i < text.Length && text[i] is 'e' or 'E')
        {
            number.Append('e');
            if (++i < text.Length && text[i] is '+' or '-')
                number.Append(text[i++]);
            var exponent = Digits(text, ref i);
            if (exponent.Length == 0)
                return false;
            number.Append(exponent);
        }

        json = number.ToString();
        return i == text.Length;
    }

    /// <summary>An unsigned number of 64 bits, or a negative one that a signed number of 64 bits can hold.</summary>
    private static bool TryRadix(string text, string prefix, int radix, out string json)
    {
        json = "";
        var sign = text[0] is '+' or '-' ? 1 : 0;
        var start = sign + prefix.Length;
        if (string.CompareOrdinal(text, sign, prefix, 0, prefix.Length) != 0 || text.Length == start)
            return false;
        var isNegative = text[0] == '-';
        var limit = isNegative ? 1UL << 63 : ulong.MaxValue;
        var value = 0UL;
        for (var i = start; i < text.Length; i++)
        {
            var c = char.ToLowerInvariant(text[i]);
            var digit = c is >= '0' and <= '9' ? c - '0' : c is >= 'a' and <= 'f' ? c - 'a' + 10 : radix;
            if (digit >= radix || value > (limit - (ulong)digit) / (ulong)radix)
                return false;
            value = (value * (ulong)radix) + (ulong)digit;
        }

        json = (isNegative && value > 0 ? "-" : "") + value.ToString(CultureInfo.InvariantCulture);
        return true;
    }

    private static string Digits(string text, ref int i)
    {
        var start = i;
        while (i < text.Length && text[i] is >= '0' and <= '9')
            i++;
        return text.Substring(start, i - start);
    }
}
