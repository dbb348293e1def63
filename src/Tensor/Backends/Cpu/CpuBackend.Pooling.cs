using System.Numerics;

namespace MiniStack;

internal sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Resample2d(Tensor x, Resampling rows, Resampling columns, Tensor y)
    {
        if (y.Count == 0) return;
        if (x.DType == DType.F32) ResampleKernel<float>.Run(x, rows, columns, y);
        else ResampleKernel<double>.Run(x, rows, columns, y);
    }

    /// <inheritdoc/>
    public override void MaxPool2d(Tensor x, Resampling rows, Resampling columns, Tensor y, Tensor? indices)
    {
        if (y.Count == 0) return;
        if (x.DType == DType.F32) MaxPool2d<float>(x, rows, columns, y, indices);
        else MaxPool2d<double>(x, rows, columns, y, indices);
    }

    private static void MaxPool2d<T>(Tensor x, Resampling rows, Resampling columns, Tensor y, Tensor? indices)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Lanes hold places within a window as floats, which are exact up to 2²⁴.
        if (rows.Window is { } down && columns.Window is { } across && (long)down.Kernel * columns.Inputs < 1 << 24)
            MaxPoolKernel<T>.Run(x, rows, down, columns, across, y, indices);
        else
            MaxPoolAnyKernel<T>.Run(x, rows, columns, y, indices);
    }
}
