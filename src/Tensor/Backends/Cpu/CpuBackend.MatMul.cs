using System.Runtime.Intrinsics;

namespace MiniStack;

internal sealed partial class CpuBackend
{
    private delegate void Product(Tensor a, Tensor b, bool transposeB, Tensor? bias, Tensor c, bool accumulate, Tensor? gelu);

    // The widest vectors this machine has. (Vectors that the runtime would emulate are several times slower than narrow ones.)
    private static readonly Product MultiplyF32 =
        Vector512.IsHardwareAccelerated ? MatMulKernel<F32x16, F32x8, float>.Multiply
        : Vector256.IsHardwareAccelerated ? MatMulKernel<F32x8, F32x4, float>.Multiply
        : MatMulKernel<F32x4, F32x4, float>.Multiply;

    private static readonly Product MultiplyF64 =
        Vector512.IsHardwareAccelerated ? MatMulKernel<F64x8, F64x4, double>.Multiply
        : Vector256.IsHardwareAccelerated ? MatMulKernel<F64x4, F64x2, double>.Multiply
        : MatMulKernel<F64x2, F64x2, double>.Multiply;

    /// <inheritdoc/>
    public override void MatMul(Tensor a, Tensor b, Tensor c, bool accumulate)
    {
        switch (c.DType)
        {
            case DType.F32: MultiplyF32(a, b, false, null, c, accumulate, null); break;
            case DType.F64: MultiplyF64(a, b, false, null, c, accumulate, null); break;
            case DType.I64: IntegerMatMulKernel<long>.Multiply(a, b, c, accumulate); break;
            case DType.U8: IntegerMatMulKernel<byte>.Multiply(a, b, c, accumulate); break;
            default: IntegerMatMulKernel<int>.Multiply(a, b, c, accumulate); break;
        }
    }

    /// <inheritdoc/>
    public override void Linear(Tensor x, Tensor weight, Tensor? bias, Tensor y) => ProductOf(y.DType)(x, weight, true, bias, y, accumulate: false, gelu: null);

    /// <inheritdoc/>
    public override void LinearGelu(Tensor x, Tensor weight, Tensor? bias, Tensor h, Tensor y) =>
        ProductOf(y.DType)(x, weight, true, bias, h, accumulate: false, gelu: y);

    private static Product ProductOf(DType dtype) => dtype == DType.F32 ? MultiplyF32 : MultiplyF64;
}
