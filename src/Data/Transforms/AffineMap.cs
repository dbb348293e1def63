namespace MiniStack.Data;

/// <summary>A map of the plane, (x, y) → (a·x + b·y + c, d·x + e·y + f).</summary>
internal readonly record struct AffineMap(double A, double B, double C, double D, double E, double F)
{
    /// <summary>Turns, leans and stretches about the origin, then moves.</summary>
    /// <param name="radians">From the x-axis towards the y-axis.</param>
    /// <param name="shear">How far x moves for each unit of y, before the turn.</param>
    /// <param name="scaleX">Of x, before all else.</param>
    /// <param name="scaleY">Of y, before all else.</param>
    /// <param name="moveX">Added to x at the end.</param>
    /// <param name="moveY">Added to y at the end.</param>
    public static AffineMap Of(double radians, double shear, double scaleX, double scaleY, double moveX, double moveY)
    {
        (double sin, double cos) = Math.SinCos(radians);
        return new AffineMap(
            cos * scaleX, (cos * shear - sin) * scaleY, moveX,
            sin * scaleX, (sin * shear + cos) * scaleY, moveY);
    }

    public (double X, double Y) Apply(double x, double y) => (A * x + B * y + C, D * x + E * y + F);

    /// <summary>The map that leads back.</summary>
    public AffineMap Inverse()
    {
        double determinant = A * E - B * D;
        (double a, double b, double d, double e) = (E / determinant, -B / determinant, -D / determinant, A / determinant);
        return new AffineMap(a, b, -(a * C + b * F), d, e, -(d * C + e * F));
    }
}
