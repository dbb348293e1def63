namespace MiniStack.Training;

/// <summary>Where numbers lie between two edges of a picture, and where its lines go: a few, whatever the numbers are.</summary>
internal sealed class ChartAxis
{
    // Beyond this, differences of two numbers might be infinite: what is larger is drawn at the edge.
    private const double Largest = 1e100;

    private readonly double _low, _high, _from, _to;

    /// <param name="values">What is drawn; those that are no finite numbers are left out.</param>
    /// <param name="least">The axis is at least this long.</param>
    /// <param name="pieces">About so many lines.</param>
    /// <param name="from">The picture's edge for the lowest number.</param>
    /// <param name="to">And for the highest.</param>
    /// <param name="whole">Whether the axis begins and ends at a line.</param>
    public ChartAxis(IEnumerable<double> values, double least, int pieces, double from, double to, bool whole)
    {
        double[] finite = [.. values.Where(double.IsFinite).Select(Clamp)];
        (double low, double high) = finite.Length == 0 ? (0, 0) : (finite.Min(), finite.Max());
        // Lines must differ from each other: a double has 15 digits.
        double length = Math.Max(Math.Max(high - low, least), Math.Max(Math.Abs(low), Math.Abs(high)) * 1e-9),
            step = NiceStep(length / pieces);
        (_low, _high) = whole ? (Math.Floor(low / step) * step, Math.Ceiling(high / step + 1e-9) * step) : (low, low + length);
        if (!(_high > _low)) _high = _low + length;
        (_from, _to) = (from, to);
        double first = Math.Ceiling(_low / step - 1e-9);
        int lines = (int)Math.Min(Math.Floor((_high - _low) / step + 1e-9), 4.0 * pieces);
        Lines = [.. Enumerable.Range(0, lines + 1).Select(k => (first + k) * step)];
    }

    /// <summary>Numbers with lines.</summary>
    public double[] Lines { get; }

    /// <summary>Where a number lies.</summary>
    public double At(double value) => _from + (Clamp(value) - _low) / (_high - _low) * (_to - _from);

    /// <summary>A number as it stands beside its line.</summary>
    public static string Label(double value) =>
        value.ToString(Math.Abs(value) >= 1e6 ? "0.######E+0" : "0.##", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A number as it is drawn.</summary>
    public static double Clamp(double value) => Math.Clamp(value, -Largest, Largest);

    /// <summary>1, 2 or 5 times a power of ten, at least <paramref name="rough"/>.</summary>
    private static double NiceStep(double rough)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 } * power;
    }
}
