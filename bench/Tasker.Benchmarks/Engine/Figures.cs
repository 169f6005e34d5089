using System.Globalization;

namespace Tasker.Benchmarks.Engine;

/// <summary>Prints what was measured, as a table.</summary>
internal static class Figures
{
    private const string Layout = "{0,-58} {1,12} {2,12} {3,12} {4,10}  {5}";

    public static void WriteHeader() =>
        Console.WriteLine(Layout, "measure (median)", "measured", "target", "bare loop", "to it", "");

    /// <param name="measure">What.</param>
    /// <param name="unit">In what.</param>
    /// <param name="value">How much.</param>
    /// <param name="target">How much it should be.</param>
    /// <param name="floor">How much the bare loop does; none when it has no such thing.</param>
    /// <param name="slowdown">How many times slower than the bare loop.</param>
    /// <param name="moreIsBetter">Whether more is better.</param>
    public static void Write(string measure, string unit, double value, double? target, double? floor, double? slowdown, bool moreIsBetter) =>
        Console.WriteLine(
            Layout,
            $"{measure}, {unit}",
            Number(value),
            target is { } goal ? Number(goal) : "",
            floor is { } bare ? Number(bare) : "",
            slowdown is { } times ? times.ToString("0.00", CultureInfo.InvariantCulture) + " x" : "",
            target is null ? "" : (moreIsBetter ? value >= target : value <= target) ? "met" : "not met");

    private static string Number(double value) =>
        value.ToString(value >= 100 ? "#,0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}
