namespace MiniStack;

/// <summary>
/// Pools and resizing: images [batch, channels, height, width], sequences [batch, channels, length]; the batch may be missing.
/// </summary>
public sealed partial class Tensor
{
    /// <summary>The largest element of each window; NaN if any is.</summary>
    /// <param name="kernel">Size of a window.</param>
    /// <param name="stride">From one window to the next; null for the kernel, so that windows touch.</param>
    /// <param name="padding">Places outside the image on each side, at most half a window; they are never the largest.</param>
    /// <returns>[batch, channels, (height + 2·padding − kernel) / stride + 1, the same of the width], rounded down.</returns>
    /// <exception cref="ShapeException">This is no image, or smaller than a window.</exception>
    /// <exception cref="ConfigException">Kernel or stride are not positive, or the padding is negative or more than half the
    /// kernel.</exception>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor MaxPool2d(Pair kernel, Pair? stride = null, Pair padding = default)
    {
        (Resampling rows, Resampling columns) = Windows(kernel, stride, padding, nameof(MaxPool2d));
        return MaxPool(rows, columns, wantsIndices: false).Y;
    }

    /// <summary>As <see cref="MaxPool2d(Pair, Pair?, Pair)"/>, with what its gradient needs.</summary>
    /// <param name="kernel">Size of a window.</param>
    /// <param name="stride">From one window to the next; null for the kernel.</param>
    /// <param name="padding">Places outside the image on each side.</param>
    /// <param name="indices">Where each largest element lies in its image, row·width + column (I32): the first of equal ones.</param>
    /// <inheritdoc cref="MaxPool2d(Pair, Pair?, Pair)" path="/returns|/exception"/>
    public Tensor MaxPool2d(Pair kernel, Pair? stride, Pair padding, out Tensor indices)
    {
        (Resampling rows, Resampling columns) = Windows(kernel, stride, padding, nameof(MaxPool2d));
        (Tensor y, Tensor? places) = MaxPool(rows, columns, wantsIndices: true);
        indices = places!;
        return y;
    }

    /// <summary>The largest element of each window of a sequence; see <see cref="MaxPool2d(Pair, Pair?, Pair)"/>.</summary>
    /// <inheritdoc cref="MaxPool2d(Pair, Pair?, Pair)" path="/param|/exception"/>
    /// <returns>[batch, channels, (length + 2·padding − kernel) / stride + 1], rounded down.</returns>
    public Tensor MaxPool1d(int kernel, int? stride = null, int padding = 0)
    {
        (Resampling rows, Resampling columns) = Windows(kernel, stride, padding, nameof(MaxPool1d));
        return Unsqueeze(-2).MaxPool(rows, columns, wantsIndices: false).Y.Squeeze(-2);
    }

    /// <summary>As <see cref="MaxPool1d(int, int?, int)"/>, with what its gradient needs.</summary>
    /// <param name="kernel">Size of a window.</param>
    /// <param name="stride">From one window to the next; null for the kernel.</param>
    /// <param name="padding">Places outside the sequence on each side.</param>
    /// <param name="indices">Where each largest element lies in its sequence (I32): the first of equal ones.</param>
    /// <inheritdoc cref="MaxPool1d(int, int?, int)" path="/returns|/exception"/>
    public Tensor MaxPool1d(int kernel, int? stride, int padding, out Tensor indices)
    {
        (Resampling rows, Resampling columns) = Windows(kernel, stride, padding, nameof(MaxPool1d));
        (Tensor y, Tensor? places) = Unsqueeze(-2).MaxPool(rows, columns, wantsIndices: true);
        indices = places!.Squeeze(-2);
        return y.Squeeze(-2);
    }

    /// <summary>The average of each window; padding counts as zeros.</summary>
    /// <inheritdoc cref="MaxPool2d(Pair, Pair?, Pair)" path="/param|/returns|/exception"/>
    public Tensor AvgPool2d(Pair kernel, Pair? stride = null, Pair padding = default)
    {
        (Resampling rows, Resampling columns) = Windows(kernel, stride, padding, nameof(AvgPool2d));
        return Resample2d(rows, columns);
    }

    /// <summary>The average of each window of a sequence; padding counts as zeros.</summary>
    /// <inheritdoc cref="MaxPool1d(int, int?, int)" path="/param|/returns|/exception"/>
    public Tensor AvgPool1d(int kernel, int? stride = null, int padding = 0)
    {
        CheckPlaces(1, nameof(AvgPool1d));
        return Resample1d(Window(-1, kernel, stride ?? kernel, padding, nameof(AvgPool1d)));
    }

    /// <summary>The average of windows that are chosen so that the result has a given size; windows may overlap by one.</summary>
    /// <param name="size">Of the result; 1 for the average of the whole image.</param>
    /// <returns>[batch, channels, size].</returns>
    /// <exception cref="ShapeException">This is no image, or empty.</exception>
    /// <exception cref="ConfigException">A size is not positive.</exception>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor AdaptiveAvgPool2d(Pair size)
    {
        CheckImages(size, nameof(AdaptiveAvgPool2d));
        return size == 1
            ? Mean([-2, -1], keepDims: true)
            : Resample2d(Resampling.Adaptive(Shape[^2], size.Height), Resampling.Adaptive(Shape[^1], size.Width));
    }

    /// <summary>As <see cref="AdaptiveAvgPool2d"/>, of sequences.</summary>
    /// <inheritdoc cref="AdaptiveAvgPool2d" path="/param|/exception"/>
    /// <returns>[batch, channels, size].</returns>
    public Tensor AdaptiveAvgPool1d(int size)
    {
        CheckSequences(size, nameof(AdaptiveAvgPool1d));
        return size == 1
            ? Mean([-1], keepDims: true)
            : Resample1d(Resampling.Adaptive(Shape[^1], size));
    }

    /// <summary>The largest element of the windows of <see cref="AdaptiveAvgPool2d"/>; NaN if any is.</summary>
    /// <inheritdoc cref="AdaptiveAvgPool2d" path="/param|/returns|/exception"/>
    public Tensor AdaptiveMaxPool2d(Pair size)
    {
        CheckImages(size, nameof(AdaptiveMaxPool2d));
        return MaxPool(Resampling.Adaptive(Shape[^2], size.Height), Resampling.Adaptive(Shape[^1], size.Width), wantsIndices: false).Y;
    }

    /// <summary>
    /// As <see cref="AdaptiveMaxPool2d(Pair)"/>, with where each largest element lies in its image, row·width + column (I32).
    /// </summary>
    /// <param name="size">Of the result.</param>
    /// <param name="indices">The first of equal ones.</param>
    /// <inheritdoc cref="AdaptiveAvgPool2d" path="/returns|/exception"/>
    public Tensor AdaptiveMaxPool2d(Pair size, out Tensor indices)
    {
        CheckImages(size, nameof(AdaptiveMaxPool2d));
        (Tensor y, Tensor? places) = MaxPool(
            Resampling.Adaptive(Shape[^2], size.Height), Resampling.Adaptive(Shape[^1], size.Width), wantsIndices: true);
        indices = places!;
        return y;
    }

    /// <summary>As <see cref="AdaptiveMaxPool2d(Pair)"/>, of sequences.</summary>
    /// <inheritdoc cref="AdaptiveAvgPool1d" path="/param|/returns|/exception"/>
    public Tensor AdaptiveMaxPool1d(int size)
    {
        CheckSequences(size, nameof(AdaptiveMaxPool1d));
        return Unsqueeze(-2).MaxPool(Resampling.Identity(1), Resampling.Adaptive(Shape[^1], size), wantsIndices: false).Y.Squeeze(-2);
    }

    /// <summary>As <see cref="AdaptiveMaxPool1d(int)"/>, with where each largest element lies in its sequence (I32).</summary>
    /// <param name="size">Of the result.</param>
    /// <param name="indices">The first of equal ones.</param>
    /// <inheritdoc cref="AdaptiveAvgPool1d" path="/returns|/exception"/>
    public Tensor AdaptiveMaxPool1d(int size, out Tensor indices)
    {
        CheckSequences(size, nameof(AdaptiveMaxPool1d));
        (Tensor y, Tensor? places) = Unsqueeze(-2).MaxPool(
            Resampling.Identity(1), Resampling.Adaptive(Shape[^1], size), wantsIndices: true);
        indices = places!.Squeeze(-2);
        return y.Squeeze(-2);
    }

    private (Tensor Y, Tensor? Indices) MaxPool(Resampling rows, Resampling columns, bool wantsIndices)
    {
        Tensor y = Empty(Shape[..^2].Append(rows.Outputs, columns.Outputs), DType, Device);
        Tensor? indices = wantsIndices ? Empty(y.Shape, DType.I32, Device) : null;
        Backend.MaxPool2d(this, rows, columns, y, indices);
        return (y, indices);
    }
}
