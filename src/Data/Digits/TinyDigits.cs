namespace MiniStack.Data;

/// <summary>
/// Pictures of the digits 0 to 9 that look written by hand, drawn by seeded code: nothing is stored, and there are as many as one asks for.
/// </summary>
/// <remarks>
/// A digit is a few strokes. Each picture bends them by a slow wave, then leans, turns, stretches and moves them at random, and draws them
/// with a pen of random width. Picture i is a function of seed and i alone. Use one seed for training and another one to test.
/// </remarks>
public sealed class TinyDigits : IDataset<ImageExample>
{
    /// <summary>Rows and columns of a picture.</summary>
    public const int Side = 28;

    /// <summary>How many digits there are.</summary>
    public const int Classes = 10;

    private const double Glyph = 20; // pixels of the square that a digit is written in, as MNIST has it
    private readonly Rng _streams;

    /// <param name="count">How many pictures.</param>
    /// <param name="seed">Which pictures.</param>
    /// <exception cref="ConfigException">The count is negative.</exception>
    public TinyDigits(long count, ulong seed)
    {
        if (count < 0)
            throw new ConfigException(FormattableString.Invariant($"TinyDigits: the count must not be negative, but is {count}."));
        (Count, _streams) = (count, new Rng(seed));
    }

    /// <inheritdoc/>
    public long Count { get; }

    /// <inheritdoc/>
    public ImageExample Get(long index)
    {
        Dataset.CheckIndex(index, Count);
        Rng rng = _streams.Split((ulong)index);
        int digit = rng.Next(Classes);
        return new ImageExample(Draw(digit, rng), digit);
    }

    /// <summary>One picture of a digit.</summary>
    /// <param name="digit">0 to 9.</param>
    /// <param name="rng">Chooses how it is written.</param>
    /// <returns>[1, 28, 28]: 0 is paper, 1 is ink.</returns>
    /// <exception cref="ConfigException">It is no digit.</exception>
    public static Image Draw(int digit, Rng rng)
    {
        if (digit is < 0 or >= Classes)
            throw new ConfigException(FormattableString.Invariant($"TinyDigits.Draw: {digit} is no digit; choose 0 to 9."));
        (double X, double Y)[][] strokes = DigitStrokes.Of(digit, other: rng.NextDouble() < 0.3);
        double bendX = Between(rng, -0.05, 0.05), bendY = Between(rng, -0.05, 0.05),
            phaseX = Between(rng, 0, 2 * Math.PI), phaseY = Between(rng, 0, 2 * Math.PI);
        AffineMap map = AffineMap.Of(
            radians: Between(rng, -0.22, 0.22), shear: Between(rng, -0.3, 0.3),
            Glyph * Between(rng, 0.75, 1.1), Glyph * Between(rng, 0.85, 1.1),
            (Side - 1) / 2.0 + Between(rng, -2, 2), (Side - 1) / 2.0 + Between(rng, -2, 2));
        double radius = Between(rng, 0.6, 1.5);
        Image image = Image.Empty(1, Side, Side);
        foreach ((double X, double Y)[] stroke in strokes)
        {
            (double X, double Y)[] points = [.. stroke.Select(Place)];
            for (int i = 1; i < points.Length; i++) Line(image.Pixels, points[i - 1], points[i], radius);
        }
        return image;

        (double X, double Y) Place((double X, double Y) point) => map.Apply(
            point.X - 0.5 + (bendX * Math.Sin((5 * point.Y) + phaseX)),
            point.Y - 0.5 + (bendY * Math.Sin((5 * point.X) + phaseY)));
    }

    /// <summary>Inks the pixels near a line; where strokes meet, the darker one counts.</summary>
    private static void Line(float[] pixels, (double X, double Y) from, (double X, double Y) to, double radius)
    {
        double dx = to.X - from.X, dy = to.Y - from.Y, squared = (dx * dx) + (dy * dy), reach = radius + 0.5;
        (int top, int bottom) = Range(from.Y, to.Y, reach);
        (int left, int right) = Range(from.X, to.X, reach);
        for (int row = top; row <= bottom; row++)
        {
            for (int column = left; column <= right; column++)
            {
                double x = column - from.X, y = row - from.Y;
                double along = squared > 0 ? Math.Clamp(((x * dx) + (y * dy)) / squared, 0, 1) : 0;
                double offX = x - (along * dx), offY = y - (along * dy), distance = Math.Sqrt((offX * offX) + (offY * offY));
                ref float pixel = ref pixels[(row * Side) + column];
                pixel = Math.Max(pixel, (float)Math.Clamp(reach - distance, 0, 1)); // the edge of the ink is one pixel wide
            }
        }
    }

    private static (int First, int Last) Range(double from, double to, double reach) =>
        (Math.Max(0, (int)Math.Ceiling(Math.Min(from, to) - reach)), Math.Min(Side - 1, (int)Math.Floor(Math.Max(from, to) + reach)));

    private static double Between(Rng rng, double low, double high) => low + ((high - low) * rng.NextDouble());
}
