using System.Runtime.Intrinsics;

namespace MiniStack;

internal sealed partial class CpuBackend
{
    private delegate void Convolution(Tensor x, Tensor weight, Tensor? bias, Tensor y, bool transposed, in ConvOptions options);

    private delegate void ConvolutionGradient(Tensor x, Tensor dy, Tensor dweight, in ConvOptions options);

    private static readonly Convolution ConvolveF32 =
        Vector512.IsHardwareAccelerated ? ConvKernel<F32x16, F32x8, float>.Convolve
        : Vector256.IsHardwareAccelerated ? ConvKernel<F32x8, F32x4, float>.Convolve
        : ConvKernel<F32x4, F32x4, float>.Convolve;

    private static readonly Convolution ConvolveF64 =
        Vector512.IsHardwareAccelerated ? ConvKernel<F64x8, F64x4, double>.Convolve
        : Vector256.IsHardwareAccelerated ? ConvKernel<F64x4, F64x2, double>.Convolve
        : ConvKernel<F64x2, F64x2, double>.Convolve;

    private static readonly ConvolutionGradient WeightGradientF32 =
        Vector512.IsHardwareAccelerated ? ConvWeightGradientKernel<F32x16, F32x8, float>.Run
        : Vector256.IsHardwareAccelerated ? ConvWeightGradientKernel<F32x8, F32x4, float>.Run
        : ConvWeightGradientKernel<F32x4, F32x4, float>.Run;

    private static readonly ConvolutionGradient WeightGradientF64 =
        Vector512.IsHardwareAccelerated ? ConvWeightGradientKernel<F64x8, F64x4, double>.Run
        : Vector256.IsHardwareAccelerated ? ConvWeightGradientKernel<F64x4, F64x2, double>.Run
        : ConvWeightGradientKernel<F64x2, F64x2, double>.Run;

    /// <inheritdoc/>
    public override void Conv2d(Tensor x, Tensor weight, Tensor? bias, Tensor y, in ConvOptions options)
    {
        if (x.DType.IsHalf()) _widened.Conv2d(x, weight, bias, y, options);
        else (IsF32(y.DType) ? ConvolveF32 : ConvolveF64)(x, weight, bias, y, false, options);
    }

    /// <inheritdoc/>
    public override void ConvTranspose2d(Tensor x, Tensor weight, Tensor? bias, Tensor y, in ConvOptions options)
    {
        if (x.DType.IsHalf()) _widened.ConvTranspose2d(x, weight, bias, y, options);
        else (IsF32(y.DType) ? ConvolveF32 : ConvolveF64)(x, weight, bias, y, true, options);
    }

    /// <inheritdoc/>
    public override void Conv2dWeightGradient(Tensor x, Tensor dy, Tensor dweight, in ConvOptions options)
    {
        if (x.DType.IsHalf()) _widened.Conv2dWeightGradient(x, dy, dweight, options);
        else (IsF32(dweight.DType) ? WeightGradientF32 : WeightGradientF64)(x, dy, dweight, options);
    }
}
