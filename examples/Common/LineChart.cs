using System.Globalization;

namespace MiniStack.Examples;

/// <summary>Some lines over one axis, each with its name.</summary>
public sealed class LineChart
{
    private const int Width = 800, Height = 440, Left = 70, Right = 170, Top = 50, Bottom = 52;
    private static readonly string[] Colors = ["#1a56db", "#e67e22", "#1e8449", "#8e44ad", "#c0392b", "#16a2b8", "#7f8c8d"];

    private readonly List<(string Name, (double X, double Y)[] Points, bool Dots)> _series = [];
    private readonly List<(string Name, double Y)> _floors = [];

    /// <summary>Stands above.</summary>
    public required string Title { get; init; }

    /// <summary>What runs to the right.</summary>
    public required string X { get; init; }

    /// <summary>What rises.</summary>
    public required string Y { get; init; }

    /// <summary>Equal factors, not equal steps, lie equally far apart.</summary>
    public bool LogX { get; init; }

    /// <summary>The same upwards.</summary>
    public bool LogY { get; init; }

    /// <summary>A line; points that cannot be drawn, such as infinite ones, are left out.</summary>
    public LineChart Add(string name, IEnumerable<(double X, double Y)> points, bool dots = false)
    {
        _series.Add((name, [.. points.Where(p => Draws(p.X, LogX) && Draws(p.Y, LogY))], dots));
        return this;
    }

    /// <summary>A dashed line across.</summary>
    public LineChart Floor(string name, double y)
    {
        if (Draws(y, LogY)) _floors.Add((name, y));
        return this;
    }

    /// <summary>The picture as SVG.</summary>
    public string Draw()
    {
        (double X, double Y)[] all = [.. _series.SelectMany(series => series.Points)];
        double[] xs = [.. all.Select(p => p.X)], ys = [.. all.Select(p => p.Y), .. _floors.Select(floor => floor.Y)];
        Axis x = new(xs, LogX, Left, Width - Right), y = new(ys, LogY, Height - Bottom, Top);
        Svg svg = new(Width, Height);
        svg.Text(Width / 2.0, 26, Title, "middle", size: 15);
        foreach (double tick in y.Ticks)
        {
            svg.Line(Left, y.At(tick), Width - Right, y.At(tick), "#e5e5e5");
            svg.Text(Left - 8, y.At(tick) + 4, Number(tick), "end", "#555");
        }
        foreach (double tick in x.Ticks) svg.Text(x.At(tick), Height - Bottom + 18, Number(tick), "middle", "#555");
        svg.Text((Left + Width - Right) / 2.0, Height - 12, X, "middle", "#555");
        svg.Text(Left - 8, Top - 10, Y, "start", "#555");
        foreach ((string name, double floor) in _floors)
        {
            svg.Line(Left, y.At(floor), Width - Right, y.At(floor), "#c0392b", dash: "6 4");
            svg.Text(Width - Right + 8, y.At(floor) + 4, name, color: "#c0392b");
        }
        foreach ((int i, (string name, (double X, double Y)[] points, bool dots)) in _series.Index())
        {
            string color = Colors[i % Colors.Length];
            if (points.Length > 1 && !dots) svg.Path(points.Select(p => (x.At(p.X), y.At(p.Y))), color);
            if (dots || points.Length == 1)
                foreach ((double px, double py) in points) svg.Dot(x.At(px), y.At(py), 3, color);
            svg.Text(Width - Right + 8, Top + 16 + 18 * i, name, color: color);
        }
        return svg.ToString();
    }

    // Differences of numbers beyond 1e100 might be infinite, and nobody reads them from a picture.
    private static bool Draws(double value, bool log) => Math.Abs(value) <= 1e100 && (!log || value >= 1e-100);

    private static string Number(double value) => value.ToString(Math.Abs(value) is >= 1e5 or (> 0 and < 1e-3) ? "0.#E+0" : "0.####", CultureInfo.InvariantCulture);

    /// <summary>Where a number lies between two edges of the picture.</summary>
    private sealed class Axis
    {
        private readonly double _low, _high, _from, _to;
        private readonly bool _log;

        public Axis(double[] values, bool log, double from, double to)
        {
            (_log, _from, _to) = (log, from, to);
            double low = values.Length == 0 ? log ? 1 : 0 : values.Min(), high = values.Length == 0 ? log ? 10 : 1 : values.Max();
            if (log)
            {
                (_low, _high) = (Math.Log10(low), Math.Log10(high));
                if (_high - _low < 0.1) (_low, _high) = (_low - 0.1, _high + 0.1);
                // Of many powers of ten, only every so many.
                int stride = 1 + (int)((_high - _low) / 12);
                double[] powers = [.. Enumerable.Range((int)Math.Floor(_low), (int)Math.Ceiling(_high) - (int)Math.Floor(_low) + 1).Where(power => power % stride == 0).Select(power => Math.Pow(10, power))];
                // Less than two powers of ten say little: then 2 and 5 between them.
                Ticks = [.. (_high - _low < 2 ? powers.SelectMany(power => (double[])[power, 2 * power, 5 * power]) : powers).Where(Inside)];
                return;
            }
            // Numbers that are as good as one get a picture around it: half a unit, or of large numbers what a double can tell apart.
            double size = Math.Max(Math.Abs(low), Math.Abs(high)), margin = Math.Max(0.5, size * 1e-9);
            if (high - low < Math.Max(1e-9, size * 1e-12)) (low, high) = (low - margin, high + margin);
            double power10 = Math.Pow(10, Math.Floor(Math.Log10((high - low) / 6))), rough = (high - low) / 6 / power10;
            double step = (rough <= 1 ? 1 : rough <= 2 ? 2 : rough <= 5 ? 5 : 10) * power10;
            (_low, _high) = (low, high);
            double first = Math.Ceiling(low / step - 1e-9);
            Ticks = [.. Enumerable.Range(0, (int)(Math.Floor(high / step + 1e-9) - first) + 1).Select(k => (first + k) * step)];
        }

        public double[] Ticks { get; }

        public double At(double value) => _from + ((_log ? Math.Log10(value) : value) - _low) / (_high - _low) * (_to - _from);

        private bool Inside(double value) => Math.Log10(value) >= _low - 1e-9 && Math.Log10(value) <= _high + 1e-9;
    }
}
