using System.Numerics;

namespace MiniStack;

internal sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Resample2d(Tensor x, Resampling rows, Resampling columns, Tensor y)
    {
        if (x.DType.IsHalf())
        {
            _widened.Resample2d(x, rows, columns, y);
            return;
        }
        if (y.Count == 0) return;
        if (IsF32(x.DType)) ResampleKernel<float>.Run(x, rows, columns, y);
        else ResampleKernel<double>.Run(x, rows, columns, y);
    }

    /// <inheritdoc/>
    public override void MaxPool2d(Tensor x, Resampling rows, Resampling columns, Tensor y, Tensor? indices)
    {
        if (x.DType.IsHalf())
        {
            _widened.MaxPool2d(x, rows, columns, y, indices);
            return;
        }
        if (y.Count == 0) return;
        if (IsF32(x.DType)) MaxPool2d<float>(x, rows, columns, y, indices);
        else MaxPool2d<double>(x, rows, columns, y, indices);
    }

    /// <summary>False for a window that reaches, or a stride that leads, far beyond the image: scratch is dealt out by both.</summary>
    private static bool IsOrdinary((int Kernel, int Stride, int Padding) window, Resampling axis) =>
        window.Kernel <= axis.Inputs + 2L * window.Padding && window.Kernel <= 2L * axis.Inputs + 64 && window.Stride <= axis.Inputs + 64L;

    private static void MaxPool2d<T>(Tensor x, Resampling rows, Resampling columns, Tensor y, Tensor? indices)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Lanes hold places within a window as floats, which are exact up to 2²⁴.
        if (rows.Window is { } down && columns.Window is { } across && (long)down.Kernel * columns.Inputs < 1 << 24
            && IsOrdinary(down, rows) && IsOrdinary(across, columns))
        {
            MaxPoolKernel<T>.Run(x, rows, down, columns, across, y, indices);
        }
        else
            MaxPoolAnyKernel<T>.Run(x, rows, columns, y, indices);
    }
}
