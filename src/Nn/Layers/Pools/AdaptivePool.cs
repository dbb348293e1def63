namespace MiniStack.Nn;

/// <summary>The average of each of so many windows, whatever the size of the sequence.</summary>
public sealed class AdaptiveAvgPool1d : Layer
{
    private readonly int _size;

    /// <param name="size">How many windows.</param>
    /// <exception cref="ConfigException">It is below 1.</exception>
    public AdaptiveAvgPool1d(int size)
    {
        Require.AtLeast(1, size, nameof(AdaptiveAvgPool1d), nameof(size));
        _size = size;
    }

    /// <param name="x">[batch, channels, length].</param>
    /// <returns>[batch, channels, size].</returns>
    public override Variable Forward(Variable x) => x.AdaptiveAvgPool1d(_size);
}

/// <summary>The average of each of so many windows, whatever the size of the image.</summary>
public sealed class AdaptiveAvgPool2d : Layer
{
    private readonly Pair _size;

    /// <param name="size">How many rows and columns of windows.</param>
    /// <exception cref="ConfigException">It is below 1.</exception>
    public AdaptiveAvgPool2d(Pair size)
    {
        Require.AtLeast(1, size, nameof(AdaptiveAvgPool2d), nameof(size));
        _size = size;
    }

    /// <param name="x">[batch, channels, height, width].</param>
    /// <returns>[batch, channels, rows, columns].</returns>
    public override Variable Forward(Variable x) => x.AdaptiveAvgPool2d(_size);
}

/// <summary>The largest element of each of so many windows, whatever the size of the sequence.</summary>
public sealed class AdaptiveMaxPool1d : Layer
{
    private readonly int _size;

    /// <param name="size">How many windows.</param>
    /// <exception cref="ConfigException">It is below 1.</exception>
    public AdaptiveMaxPool1d(int size)
    {
        Require.AtLeast(1, size, nameof(AdaptiveMaxPool1d), nameof(size));
        _size = size;
    }

    /// <param name="x">[batch, channels, length].</param>
    /// <returns>[batch, channels, size].</returns>
    public override Variable Forward(Variable x) => x.AdaptiveMaxPool1d(_size);
}

/// <summary>The largest element of each of so many windows, whatever the size of the image.</summary>
public sealed class AdaptiveMaxPool2d : Layer
{
    private readonly Pair _size;

    /// <param name="size">How many rows and columns of windows.</param>
    /// <exception cref="ConfigException">It is below 1.</exception>
    public AdaptiveMaxPool2d(Pair size)
    {
        Require.AtLeast(1, size, nameof(AdaptiveMaxPool2d), nameof(size));
        _size = size;
    }

    /// <param name="x">[batch, channels, height, width].</param>
    /// <returns>[batch, channels, rows, columns].</returns>
    public override Variable Forward(Variable x) => x.AdaptiveMaxPool2d(_size);
}
