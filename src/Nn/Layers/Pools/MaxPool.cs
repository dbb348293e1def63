namespace MiniStack.Nn;

/// <summary>The largest element of each window of a sequence.</summary>
public sealed class MaxPool1d : Layer
{
    private readonly int _kernel, _stride, _padding;

    /// <param name="kernel">Size of a window.</param>
    /// <param name="stride">From one window to the next; null for the window's size.</param>
    /// <param name="padding">Places added on each side: at most half a window.</param>
    /// <exception cref="ConfigException">A window or stride is below 1, or the padding negative or more than half a window.</exception>
    public MaxPool1d(int kernel, int? stride = null, int padding = 0)
    {
        Pooling.Check(nameof(MaxPool1d), kernel, stride ?? kernel, padding);
        (_kernel, _stride, _padding) = (kernel, stride ?? kernel, padding);
    }

    /// <param name="x">[batch, channels, length].</param>
    /// <returns>[batch, channels, windows].</returns>
    /// <exception cref="ShapeException">x has too few axes, or is smaller than a window.</exception>
    public override Variable Forward(Variable x) => x.MaxPool1d(_kernel, _stride, _padding);
}

/// <summary>The largest element of each window of an image.</summary>
public sealed class MaxPool2d : Layer
{
    private readonly Pair _kernel, _stride, _padding;

    /// <param name="kernel">Size of a window.</param>
    /// <param name="stride">From one window to the next; null for the window's size.</param>
    /// <param name="padding">Places added on each side: at most half a window.</param>
    /// <exception cref="ConfigException">A window or stride is below 1, or the padding negative or more than half a window.</exception>
    public MaxPool2d(Pair kernel, Pair? stride = null, Pair padding = default)
    {
        Pooling.Check(nameof(MaxPool2d), kernel, stride ?? kernel, padding);
        (_kernel, _stride, _padding) = (kernel, stride ?? kernel, padding);
    }

    /// <param name="x">[batch, channels, height, width].</param>
    /// <returns>[batch, channels, rows, columns].</returns>
    /// <exception cref="ShapeException">x has too few axes, or is smaller than a window.</exception>
    public override Variable Forward(Variable x) => x.MaxPool2d(_kernel, _stride, _padding);
}
