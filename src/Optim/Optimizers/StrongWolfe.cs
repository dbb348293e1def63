namespace MiniStack.Optim;

/// <summary>A line search for a point that is low enough and flat enough.</summary>
/// <remarks>
/// Nocedal and Wright 2006, "Numerical optimization", algorithms 3.5 (bracket) and 3.6 (zoom), with the cubic interpolation and the
/// safeguards of PyTorch's LBFGS, so that it visits the same points.
/// </remarks>
internal static class StrongWolfe
{
    private const double C1 = 1e-4, C2 = 0.9;
    private const int MaxIterations = 25;

    /// <summary>A place on the line.</summary>
    /// <param name="Step">How far along the direction.</param>
    /// <param name="Loss">The loss there.</param>
    /// <param name="Slope">Its derivative along the direction.</param>
    /// <param name="Gradient">Its gradient.</param>
    internal readonly record struct Point(double Step, double Loss, double Slope, ParameterVector Gradient);

    /// <param name="evaluate">The point at a step.</param>
    /// <param name="start">The point at 0, where the line falls.</param>
    /// <param name="step">The first guess.</param>
    /// <param name="size">Largest element of the direction.</param>
    /// <param name="tolerance">A bracket in which no parameter moves further is not searched.</param>
    public static Point Search(Func<double, Point> evaluate, Point start, double step, double size, double tolerance)
    {
        (Point[] bracket, int iterations) = Bracket(evaluate, start, step);
        return bracket.Length == 1 ? bracket[0] : Zoom(evaluate, start, bracket, iterations, size, tolerance);
    }

    private static bool IsTooHigh(Point point, Point start) => point.Loss > start.Loss + C1 * point.Step * start.Slope;

    private static bool IsFlat(Point point, Point start) => Math.Abs(point.Slope) <= -C2 * start.Slope;

    /// <summary>Steps outwards: one point that meets the conditions, or two with such a point between them.</summary>
    private static (Point[] Bracket, int Iterations) Bracket(Func<double, Point> evaluate, Point start, double step)
    {
        Point previous = start, point = evaluate(step);
        for (int i = 0; i < MaxIterations; i++)
        {
            if (IsTooHigh(point, start) || (i > 1 && point.Loss >= previous.Loss)) return ([previous, point], i);
            if (IsFlat(point, start)) return ([point], i);
            if (point.Slope >= 0) return ([previous, point], i);
            double next = Lowest(previous, point, point.Step + 0.01 * (point.Step - previous.Step), point.Step * 10);
            previous = point;
            point = evaluate(next);
        }
        return ([start, point], MaxIterations);
    }

    /// <summary>Narrows the bracket.</summary>
    private static Point Zoom(Func<double, Point> evaluate, Point start, Point[] bracket, int iterations, double size, double tolerance)
    {
        int low = bracket[0].Loss <= bracket[1].Loss ? 0 : 1;
        bool wasClose = false;
        for (; iterations < MaxIterations; iterations++)
        {
            double left = Math.Min(bracket[0].Step, bracket[1].Step), right = Math.Max(bracket[0].Step, bracket[1].Step);
            if ((right - left) * size < tolerance) break;
            double step = Lowest(bracket[0], bracket[1], left, right), margin = 0.1 * (right - left);
            // Twice running near an end, or once upon it, is no progress: go a tenth inwards.
            bool isClose = Math.Min(right - step, step - left) < margin;
            if (isClose && (wasClose || step >= right || step <= left))
            {
                step = Math.Abs(step - right) < Math.Abs(step - left) ? right - margin : left + margin;
                isClose = false;
            }
            wasClose = isClose;
            Point point = evaluate(step);
            if (IsTooHigh(point, start) || point.Loss >= bracket[low].Loss)
            {
                bracket[1 - low] = point;
                low = bracket[0].Loss <= bracket[1].Loss ? 0 : 1;
                continue;
            }
            if (IsFlat(point, start)) return point;
            if (point.Slope * (bracket[1 - low].Step - bracket[low].Step) >= 0) bracket[1 - low] = bracket[low];
            bracket[low] = point;
        }
        return bracket[low];
    }

    /// <summary>Where the cubic through two points with their slopes is lowest, within bounds.</summary>
    private static double Lowest(Point a, Point b, double least, double most)
    {
        // d₁ = a' + b' − 3·(f(a) − f(b))/(a − b);  d₂ = √(d₁² − a'·b');  x = b − (b − a)·(b' + d₂ − d₁)/(b' − a' + 2·d₂)  for a < b
        (Point x, Point y) = a.Step <= b.Step ? (a, b) : (b, a);
        double d1 = x.Slope + y.Slope - 3 * (x.Loss - y.Loss) / (x.Step - y.Step), square = d1 * d1 - x.Slope * y.Slope;
        if (!(square >= 0)) return (least + most) / 2;
        double d2 = Math.Sqrt(square);
        double lowest = y.Step - (y.Step - x.Step) * ((y.Slope + d2 - d1) / (y.Slope - x.Slope + 2 * d2));
        // A loss that is infinite has no cubic.
        return double.IsNaN(lowest) ? (least + most) / 2 : Math.Min(Math.Max(lowest, least), most);
    }
}
