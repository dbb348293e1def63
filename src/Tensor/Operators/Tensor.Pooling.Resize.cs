namespace MiniStack;

/// <summary>Images of another size.</summary>
public sealed partial class Tensor
{
    /// <summary>Images [batch, channels, height, width] of another size: each pixel is the one at its place, rounded down.</summary>
    /// <param name="size">Height and width of the result.</param>
    /// <exception cref="ShapeException">This is no image, or empty.</exception>
    /// <exception cref="ConfigException">A size is not positive.</exception>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor UpsampleNearest2d(Pair size)
    {
        CheckImages(size, nameof(UpsampleNearest2d));
        return Resample2d(Resampling.Nearest(Shape[^2], size.Height), Resampling.Nearest(Shape[^1], size.Width));
    }

    /// <summary>Images [batch, channels, height, width] of another size: each pixel lies between the four nearest.</summary>
    /// <param name="size">Height and width of the result.</param>
    /// <param name="alignCorners">Whether the centers of the corner pixels stay in place; otherwise the edges of the image do.</param>
    /// <inheritdoc cref="UpsampleNearest2d" path="/exception"/>
    public Tensor UpsampleBilinear2d(Pair size, bool alignCorners = false)
    {
        CheckImages(size, nameof(UpsampleBilinear2d));
        return Resample2d(Resampling.Linear(Shape[^2], size.Height, alignCorners), Resampling.Linear(Shape[^1], size.Width, alignCorners));
    }

    /// <summary>The last axis becomes another: y[…, j] = Σ columns[j, w]·x[…, w].</summary>
    /// <param name="columns">What becomes of the last axis.</param>
    /// <exception cref="ShapeException">The last axis has another size than the resampling's inputs.</exception>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Resample1d(Resampling columns)
    {
        CheckFloat(nameof(Resample1d));
        if (Rank < 1 || Shape[^1] != columns.Inputs)
        {
            throw new ShapeException(
                $"Resample1d: the resampling takes {columns.Inputs} columns, but the last axis of {Shape} is another. " +
                "Make it for this size.");
        }
        return Unsqueeze(-2).Resample2d(Resampling.Identity(1), columns).Squeeze(-2);
    }

    /// <summary>The last two axes become others: y[…, i, j] = Σ rows[i, h]·columns[j, w]·x[…, h, w].</summary>
    /// <param name="rows">What becomes of the second-to-last axis.</param>
    /// <param name="columns">What becomes of the last axis.</param>
    /// <exception cref="ShapeException">The last two axes have other sizes than the resamplings' inputs.</exception>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Resample2d(Resampling rows, Resampling columns)
    {
        CheckFloat(nameof(Resample2d));
        if (Rank < 2 || Shape[^2] != rows.Inputs || Shape[^1] != columns.Inputs)
        {
            throw new ShapeException(
                $"Resample2d: the resamplings take {rows.Inputs} rows and {columns.Inputs} columns, " +
                $"but the last axes of {Shape} are others. " +
                "Make them for these sizes.");
        }
        Tensor y = Empty(Shape[..^2].Append(rows.Outputs, columns.Outputs), DType, Device);
        Backend.Resample2d(this, rows, columns, y);
        return y;
    }

    private void CheckImages(Pair size, string operation)
    {
        CheckPlaces(2, operation);
        if (size.Height < 1 || size.Width < 1)
            throw new ConfigException($"{operation}: the size must be at least 1, not {size.Height} x {size.Width}.");
        CheckRoom(Shape[..^2].Append(size.Height, size.Width), operation);
    }

    private void CheckSequences(int size, string operation)
    {
        CheckPlaces(1, operation);
        if (size < 1) throw new ConfigException($"{operation}: the size must be at least 1, not {size}.");
        CheckRoom(Shape[..^1].Append(size), operation);
    }

    /// <summary>Floats, with one or two axes of places behind channels and perhaps a batch, and not without places.</summary>
    private void CheckPlaces(int axes, string operation)
    {
        CheckFloat(operation);
        if (Rank != axes + 1 && Rank != axes + 2)
        {
            string wanted = axes == 1 ? "[batch, channels, length]" : "[batch, channels, height, width]";
            throw new ShapeException($"{operation}: x must be {wanted}, or without a batch, not {Shape}. See Reshape and Unsqueeze.");
        }
        if (Shape[^1] == 0 || (axes == 2 && Shape[^2] == 0))
            throw new ShapeException($"{operation}: x is {Shape}, which has no element to work on along its last axes.");
    }

    private (Resampling Rows, Resampling Columns) Windows(Pair kernel, Pair? stride, Pair padding, string operation)
    {
        CheckPlaces(2, operation);
        Pair step = stride ?? kernel;
        return (
            Window(-2, kernel.Height, step.Height, padding.Height, operation),
            Window(-1, kernel.Width, step.Width, padding.Width, operation));
    }

    private (Resampling Rows, Resampling Columns) Windows(int kernel, int? stride, int padding, string operation)
    {
        CheckPlaces(1, operation);
        return (Resampling.Pool(1, 1, 1, 0), Window(-1, kernel, stride ?? kernel, padding, operation));
    }

    private Resampling Window(int axis, int kernel, int stride, int padding, string operation)
    {
        if (kernel < 1 || stride < 1)
            throw new ConfigException($"{operation}: kernel and stride must be at least 1, not {kernel} and {stride}.");
        if (padding < 0 || padding > kernel / 2)
        {
            throw new ConfigException(
                $"{operation}: the padding must be from 0 to half the kernel ({kernel / 2}), not {padding}. " +
                "Pad before where more is wanted.");
        }
        int size = Shape[Shape.Axis(axis, operation)];
        if (size + 2L * padding < kernel)
        {
            throw new ShapeException(
                $"{operation}: axis {axis + Rank} of {Shape} has {size} elements, with padding {size + 2L * padding}: " +
                $"fewer than the kernel's {kernel}.");
        }
        return Resampling.Pool(size, kernel, stride, padding);
    }
}
