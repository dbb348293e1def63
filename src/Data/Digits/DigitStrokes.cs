namespace MiniStack.Data;

/// <summary>How digits are written: strokes of points in a square of side 1, x to the right and y down.</summary>
internal static class DigitStrokes
{
    private const int StepsPerTurn = 24;

    /// <summary>The strokes of a digit; some have two ways to be written.</summary>
    /// <param name="digit">0 to 9.</param>
    /// <param name="other">The other way, where there is one: a 1 without its flag, a 4 that is open above, a 7 with a bar.</param>
    public static (double X, double Y)[][] Of(int digit, bool other) => digit switch
    {
        0 => [Arc(0.5, 0.5, 0.28, 0.42, 0, 360)],
        1 when other => [[(0.5, 0.08), (0.5, 0.92)]],
        1 => [[(0.34, 0.27), (0.53, 0.08), (0.53, 0.92)]],
        2 => [[.. Arc(0.5, 0.32, 0.26, 0.24, 190, 395), (0.22, 0.91), (0.8, 0.91)]],
        3 => [[.. Arc(0.46, 0.29, 0.25, 0.21, 210, 450), .. Arc(0.46, 0.71, 0.29, 0.21, 270, 510)]],
        4 when other => [[(0.3, 0.1), (0.22, 0.55), (0.8, 0.55)], [(0.68, 0.08), (0.62, 0.92)]],
        4 => [[(0.64, 0.92), (0.64, 0.08), (0.18, 0.64), (0.84, 0.64)]],
        5 => [[(0.76, 0.09), (0.33, 0.09), (0.29, 0.45), .. Arc(0.47, 0.66, 0.28, 0.25, 235, 510)]],
        6 => [[(0.68, 0.08), (0.46, 0.2), (0.31, 0.42), (0.25, 0.66), .. Arc(0.5, 0.68, 0.25, 0.24, 180, 540)]],
        7 when other => [[(0.2, 0.1), (0.8, 0.1), (0.42, 0.92)], [(0.36, 0.52), (0.76, 0.52)]],
        7 => [[(0.2, 0.1), (0.8, 0.1), (0.42, 0.92)]],
        8 => [Arc(0.5, 0.28, 0.21, 0.2, 0, 360), Arc(0.5, 0.7, 0.26, 0.22, 0, 360)],
        _ => [[.. Arc(0.48, 0.32, 0.24, 0.24, 0, 360), (0.72, 0.5), (0.66, 0.72), (0.54, 0.92)]],
    };

    /// <summary>Part of an ellipse, from one angle to another, in degrees from the x-axis towards the y-axis.</summary>
    private static (double X, double Y)[] Arc(double x, double y, double radiusX, double radiusY, double from, double to)
    {
        int steps = (int)Math.Ceiling((to - from) / 360 * StepsPerTurn);
        return
        [
            .. Enumerable.Range(0, steps + 1).Select(step =>
            {
                (double sin, double cos) = Math.SinCos((from + ((to - from) * step / steps)) * Math.PI / 180);
                return (x + (radiusX * cos), y + (radiusY * sin));
            }),
        ];
    }
}
