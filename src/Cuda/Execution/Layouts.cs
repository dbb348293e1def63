using System.Runtime.InteropServices;

namespace MiniStack.Cuda;

/// <summary>Where an element of a strided tensor lies, as kernels read it: axes that lie one behind another are one.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Axes
{
    public const int Most = 8;

    public long Rank;
    public fixed long Sizes[Most];
    public fixed long Strides[Most];

    /// <summary>The axes of a tensor from one to another.</summary>
    /// <exception cref="DeviceException">There are more than eight that do not lie one behind another.</exception>
    public static Axes Of(Tensor tensor, Range? range = null)
    {
        (int first, int count) = (range ?? Range.All).GetOffsetAndLength(tensor.Rank);
        ReadOnlySpan<int> sizes = tensor.Shape.AsSpan().Slice(first, count);
        ReadOnlySpan<long> strides = tensor.Strides.Slice(first, count);
        Axes axes = default;
        for (int axis = 0; axis < count; axis++)
        {
            if (sizes[axis] == 1) continue;
            int last = (int)axes.Rank - 1;
            if (last >= 0 && axes.Strides[last] == strides[axis] * sizes[axis]) axes.Sizes[last] *= sizes[axis];
            else if (++last < Most) (axes.Rank, axes.Sizes[last]) = (last + 1, sizes[axis]);
            else throw new DeviceException(
                $"On {tensor.Device}, tensors have at most {Most} axes that do not lie one behind another; this one is {tensor.Shape}.");
            axes.Strides[last] = strides[axis];
        }
        return axes.Rank > 0 ? axes : Line(1, 0);
    }

    /// <summary>One axis.</summary>
    public static Axes Line(long size, long stride)
    {
        Axes axes = default;
        (axes.Rank, axes.Sizes[0], axes.Strides[0]) = (1, size, stride);
        return axes;
    }

    /// <summary>The stride of the last axis.</summary>
    public readonly long Innermost => Strides[(int)Rank - 1];
}

/// <summary>Where the rows of a tensor start, and the step along a row.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Rows
{
    public Axes Starts;
    public long Stride;

    public static Rows Of(Tensor tensor) => new() { Starts = Axes.Of(tensor, ..^1), Stride = tensor.Strides[^1] };
}

/// <summary>The strides of [batch, heads, time, d].</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Heads
{
    public long Batch, Head, Time, Channel;

    public static Heads Of(Tensor tensor) =>
        new() { Batch = tensor.Strides[0], Head = tensor.Strides[1], Time = tensor.Strides[2], Channel = tensor.Strides[3] };
}
