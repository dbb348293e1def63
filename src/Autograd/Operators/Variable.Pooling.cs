namespace MiniStack;

/// <summary>Pools and resizing of images [batch, channels, height, width] and sequences [batch, channels, length].</summary>
public partial class Variable
{
    /// <summary>The largest element of each window; see <see cref="Tensor.MaxPool2d(Pair, Pair?, Pair)"/>.</summary>
    public Variable MaxPool2d(Pair kernel, Pair? stride = null, Pair padding = default) =>
        NeedsGrad
            ? Picked(Value.MaxPool2d(kernel, stride, padding, out Tensor indices), indices, axes: 2)
            : Value.MaxPool2d(kernel, stride, padding);

    /// <summary>The largest element of each window of a sequence; see <see cref="Tensor.MaxPool1d(int, int?, int)"/>.</summary>
    public Variable MaxPool1d(int kernel, int? stride = null, int padding = 0) =>
        NeedsGrad
            ? Picked(Value.MaxPool1d(kernel, stride, padding, out Tensor indices), indices, axes: 1)
            : Value.MaxPool1d(kernel, stride, padding);

    /// <summary>The largest element of each of so many windows; see <see cref="Tensor.AdaptiveMaxPool2d(Pair)"/>.</summary>
    public Variable AdaptiveMaxPool2d(Pair size) =>
        NeedsGrad ? Picked(Value.AdaptiveMaxPool2d(size, out Tensor indices), indices, axes: 2) : Value.AdaptiveMaxPool2d(size);

    /// <summary>The largest element of each of so many windows of a sequence; see <see cref="Tensor.AdaptiveMaxPool1d(int)"/>.</summary>
    public Variable AdaptiveMaxPool1d(int size) =>
        NeedsGrad ? Picked(Value.AdaptiveMaxPool1d(size, out Tensor indices), indices, axes: 1) : Value.AdaptiveMaxPool1d(size);

    /// <summary>Records elements that were picked from each image or sequence by their places in it.</summary>
    private Variable Picked(Tensor y, Tensor indices, int axes)
    {
        int places = (int)Shape[^axes..].Count, picks = (int)y.Shape[^axes..].Count, last = Rank - axes;
        Variable flat = Reshape([.. Shape[..^axes], places]);
        Shape flatY = [.. Shape[..^axes], picks];
        return Record(y.Reshape(flatY), new GatherNode(flat, indices.Reshape(flatY), last)).Reshape(y.Shape);
    }

    /// <summary>The average of each window, padding included; see <see cref="Tensor.AvgPool2d"/>.</summary>
    public Variable AvgPool2d(Pair kernel, Pair? stride = null, Pair padding = default)
    {
        Tensor y = Value.AvgPool2d(kernel, stride, padding);
        Pair step = stride ?? kernel;
        return Record(y, new ResampleNode(
            this, Resampling.Pool(Shape[^2], kernel.Height, step.Height, padding.Height),
            Resampling.Pool(Shape[^1], kernel.Width, step.Width, padding.Width)));
    }

    /// <summary>The average of each window of a sequence, padding included; see <see cref="Tensor.AvgPool1d"/>.</summary>
    public Variable AvgPool1d(int kernel, int? stride = null, int padding = 0) => Record(
        Value.AvgPool1d(kernel, stride, padding),
        new ResampleNode(this, rows: null, Resampling.Pool(Shape[^1], kernel, stride ?? kernel, padding)));

    /// <summary>The average of each of so many windows; see <see cref="Tensor.AdaptiveAvgPool2d"/>.</summary>
    public Variable AdaptiveAvgPool2d(Pair size)
    {
        Tensor y = Value.AdaptiveAvgPool2d(size);
        return Record(y, size == 1
            ? new AverageNode(this, 1.0 / Shape[^2] / Shape[^1])
            : new ResampleNode(this, Resampling.Adaptive(Shape[^2], size.Height), Resampling.Adaptive(Shape[^1], size.Width)));
    }

    /// <summary>The average of each of so many windows of a sequence; see <see cref="Tensor.AdaptiveAvgPool1d"/>.</summary>
    public Variable AdaptiveAvgPool1d(int size)
    {
        Tensor y = Value.AdaptiveAvgPool1d(size);
        return Record(y, size == 1
            ? new AverageNode(this, 1.0 / Shape[^1])
            : new ResampleNode(this, rows: null, Resampling.Adaptive(Shape[^1], size)));
    }

    private sealed class AverageNode(Variable x, double share) : GradNode(savesInputs: false, x)
    {
        // Every element of an average gets its share of the gradient.
        public override void Backward(Variable dy) => x.AddGrad((dy.Wide() * share).To(dy.Value.DType).Expand(x.Shape));
    }

    /// <summary>Images of another size by the pixel at each place; see <see cref="Tensor.UpsampleNearest2d"/>.</summary>
    public Variable UpsampleNearest2d(Pair size)
    {
        Tensor y = Value.UpsampleNearest2d(size);
        return Record(y, new ResampleNode(this, Resampling.Nearest(Shape[^2], size.Height), Resampling.Nearest(Shape[^1], size.Width)));
    }

    /// <summary>Images of another size by the four pixels around each place; see <see cref="Tensor.UpsampleBilinear2d"/>.</summary>
    public Variable UpsampleBilinear2d(Pair size, bool alignCorners = false)
    {
        Tensor y = Value.UpsampleBilinear2d(size, alignCorners);
        return Record(y, new ResampleNode(
            this, Resampling.Linear(Shape[^2], size.Height, alignCorners), Resampling.Linear(Shape[^1], size.Width, alignCorners)));
    }

    /// <summary>The last axis becomes another; see <see cref="Tensor.Resample1d"/>.</summary>
    public Variable Resample1d(Resampling columns) => Record(Value.Resample1d(columns), new ResampleNode(this, rows: null, columns));

    /// <summary>The last two axes become others; see <see cref="Tensor.Resample2d"/>.</summary>
    public Variable Resample2d(Resampling rows, Resampling columns) =>
        Record(Value.Resample2d(rows, columns), new ResampleNode(this, rows, columns));

    private sealed class ResampleNode(Variable x, Resampling? rows, Resampling columns) : GradNode(savesInputs: false, x)
    {
        // y = rows·x·columnsᵀ  ⇒  dx = rowsᵀ·dy·columns
        public override void Backward(Variable dy) => x.AddGrad(
            rows is null ? dy.Resample1d(columns.Transpose()) : dy.Resample2d(rows.Transpose(), columns.Transpose()));
    }
}
