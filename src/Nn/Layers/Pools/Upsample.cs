namespace MiniStack.Nn;

/// <summary>How <see cref="Upsample"/> finds what lies between pixels.</summary>
public enum UpsampleMode
{
    /// <summary>The pixel at each place, rounded down.</summary>
    Nearest,

    /// <summary>The four nearest pixels, mixed by distance.</summary>
    Bilinear,
}

/// <summary>Images of another size.</summary>
public sealed class Upsample : Layer
{
    private readonly Pair? _size, _scale;
    private readonly UpsampleMode _mode;
    private readonly bool _alignCorners;

    /// <summary>To a size, or by a factor: give one of the two.</summary>
    /// <param name="size">The new height and width.</param>
    /// <param name="scale">What height and width are multiplied with.</param>
    /// <param name="mode">What lies between pixels.</param>
    /// <param name="alignCorners">Of <see cref="UpsampleMode.Bilinear"/>: whether the centres of the corner pixels stay in the
    /// corners.</param>
    /// <exception cref="ConfigException">Neither size nor scale is given, or both, or a number below 1; or alignCorners for the nearest
    /// pixel.</exception>
    public Upsample(Pair? size = null, Pair? scale = null, UpsampleMode mode = UpsampleMode.Nearest, bool alignCorners = false)
    {
        if (size is null == scale is null) throw new ConfigException("Upsample: give either a size or a scale, and not both.");
        Require.AtLeast(1, size ?? 1, nameof(Upsample), nameof(size));
        Require.AtLeast(1, scale ?? 1, nameof(Upsample), nameof(scale));
        if (alignCorners && mode == UpsampleMode.Nearest)
        {
            throw new ConfigException(
                "Upsample: the nearest pixel knows no aligned corners. Leave alignCorners out, or choose UpsampleMode.Bilinear.");
        }
        (_size, _scale, _mode, _alignCorners) = (size, scale, mode, alignCorners);
    }

    /// <param name="x">[…, height, width].</param>
    /// <returns>The same with the new height and width.</returns>
    /// <exception cref="ShapeException">x has fewer than two axes.</exception>
    public override Variable Forward(Variable x)
    {
        if (x.Rank < 2) throw new ShapeException($"Upsample: x must be […, height, width], not {x.Shape}. Add axes with Unsqueeze.");
        Pair size = _size ?? (x.Shape[^2] * _scale!.Value.Height, x.Shape[^1] * _scale.Value.Width);
        return _mode == UpsampleMode.Nearest ? x.UpsampleNearest2d(size) : x.UpsampleBilinear2d(size, _alignCorners);
    }
}
