namespace MiniStack.Data;

/// <summary>Turns, moves, stretches and leans an image at random about its middle; what comes from outside is black.</summary>
/// <remarks>
/// Each pixel of the result asks where it comes from, and takes the mean of the four pixels there, weighted by nearness (bilinear).
/// </remarks>
public sealed class RandomAffine : ITransform<Image>
{
    private readonly double _degrees, _shift, _scaleLow, _scaleHigh, _shear;

    /// <param name="degrees">Turns by up to so much in each direction.</param>
    /// <param name="shift">Moves by up to this share of height and width in each direction, from 0 to 1: a share, not pixels.</param>
    /// <param name="scaleLow">Least size, as a multiple.</param>
    /// <param name="scaleHigh">Greatest size, as a multiple.</param>
    /// <param name="shear">Leans by up to this share of the height, to each side, from 0 to 1: a share, not degrees.</param>
    /// <exception cref="ConfigException">A range is negative or not finite, a share is above 1, or a size is not positive.</exception>
    public RandomAffine(double degrees = 0, double shift = 0, double scaleLow = 1, double scaleHigh = 1, double shear = 0)
    {
        if (!(degrees >= 0 && shift >= 0 && shear >= 0 && double.IsFinite(degrees + shift + shear)))
        {
            throw new ConfigException(FormattableString.Invariant(
                $"RandomAffine: degrees, shift and shear must be finite and not negative, but are {degrees}, {shift} and {shear}."));
        }
        if (shift > 1 || shear > 1)
        {
            throw new ConfigException(
                FormattableString.Invariant(
                    $"RandomAffine: shift and shear are shares of the image's size, from 0 to 1, but are {shift} and {shear}. ") +
                "For pixels, divide by the size; for degrees of shear, take the tangent.");
        }
        if (!(scaleLow > 0 && scaleHigh >= scaleLow && double.IsFinite(scaleHigh)))
        {
            throw new ConfigException(FormattableString.Invariant(
                $"RandomAffine: the scales must be positive and finite, the low one first, but are {scaleLow} and {scaleHigh}."));
        }
        (_degrees, _shift, _scaleLow, _scaleHigh, _shear) = (degrees, shift, scaleLow, scaleHigh, shear);
    }

    /// <inheritdoc/>
    public Image Apply(Image example, Rng rng)
    {
        double angle = Symmetric(rng, _degrees) * Math.PI / 180, shear = Symmetric(rng, _shear);
        double scale = _scaleLow + ((_scaleHigh - _scaleLow) * rng.NextDouble());
        return Apply(example, AffineMap.Of(
            angle, shear, scale, scale, Symmetric(rng, _shift) * example.Width, Symmetric(rng, _shift) * example.Height));
    }

    /// <summary>The image under a map of its plane, whose origin is the image's middle and whose unit is a pixel.</summary>
    internal static Image Apply(Image image, AffineMap map)
    {
        AffineMap back = map.Inverse();
        Image result = Image.Empty(image.Channels, image.Height, image.Width);
        double middleX = (image.Width - 1) / 2.0, middleY = (image.Height - 1) / 2.0;
        for (int row = 0; row < image.Height; row++)
        {
            for (int column = 0; column < image.Width; column++)
            {
                (double x, double y) = back.Apply(column - middleX, row - middleY);
                Sample(image, result, (row * image.Width) + column, x + middleX, y + middleY);
            }
        }
        return result;
    }

    private static void Sample(Image image, Image result, int at, double x, double y)
    {
        // Far outside is black, and too far for an int.
        if (!(x > -1 && y > -1 && x < image.Width && y < image.Height)) return;
        int left = (int)Math.Floor(x), top = (int)Math.Floor(y);
        float right = (float)(x - left), low = (float)(y - top);
        for (int channel = 0; channel < image.Channels; channel++)
        {
            ReadOnlySpan<float> pixels = image.Channel(channel);
            float upper = (Pixel(pixels, top, left) * (1 - right)) + (Pixel(pixels, top, left + 1) * right);
            float lower = (Pixel(pixels, top + 1, left) * (1 - right)) + (Pixel(pixels, top + 1, left + 1) * right);
            result.Channel(channel)[at] = (upper * (1 - low)) + (lower * low);
        }

        float Pixel(ReadOnlySpan<float> pixels, int row, int column) =>
            (uint)row < (uint)image.Height && (uint)column < (uint)image.Width ? pixels[(row * image.Width) + column] : 0;
    }

    private static double Symmetric(Rng rng, double range) => ((2 * rng.NextDouble()) - 1) * range;
}
