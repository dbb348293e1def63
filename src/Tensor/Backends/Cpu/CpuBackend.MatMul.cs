using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MiniStack.Operators;

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
            case DType.F32 or DType.F64: ProductOf(c.DType, a.Shape[^1])(a, b, false, null, c, accumulate, null); break;
            case DType.I64: IntegerMatMulKernel<long>.Multiply(a, b, c, accumulate); break;
            case DType.U8: IntegerMatMulKernel<byte>.Multiply(a, b, c, accumulate); break;
            case DType.I32: IntegerMatMulKernel<int>.Multiply(a, b, c, accumulate); break;
            default: throw Unknown(c.DType);
        }
    }

    /// <inheritdoc/>
    public override void Linear(Tensor x, Tensor weight, Tensor? bias, Tensor y) => ProductOf(y.DType, x.Shape[^1])(x, weight, true, bias, y, accumulate: false, gelu: null);

    /// <inheritdoc/>
    public override void LinearGelu(Tensor x, Tensor weight, Tensor? bias, Tensor h, Tensor y) =>
        ProductOf(y.DType, x.Shape[^1])(x, weight, true, bias, h, accumulate: false, gelu: y);

    private Product ProductOf(DType dtype, int depth, [CallerMemberName] string operation = "") =>
        depth > MatMulChain.Segment ? MultiplySegments : IsF32(dtype, operation) ? MultiplyF32 : MultiplyF64;

    /// <summary>A product of very many terms: that of their first half and that of their second; see <see cref="MatMulChain"/>.</summary>
    private void MultiplySegments(Tensor a, Tensor b, bool transposeB, Tensor? bias, Tensor c, bool accumulate, Tensor? gelu)
    {
        int depth = a.Shape[^1], segments = (int)((depth + MatMulChain.Segment - 1L) / MatMulChain.Segment), first = (segments + 1) / 2 * MatMulChain.Segment;
        using MemoryScope scope = MemoryScope.Begin();
        Tensor part = c.EmptyLike();
        if (accumulate)
        {
            MultiplySegments(a, b, transposeB, bias, part, accumulate: false, gelu: null);
        }
        else
        {
            Half(0, first, bias, c);
            Half(first, depth - first, null, part);
        }
        Binary<Add>(c, part, c);
        if (gelu is not null) Unary<Gelu>(c, gelu);

        void Half(int start, int count, Tensor? bias, Tensor sum) => ProductOf(c.DType, count)(
            a.Slice(-1, start, count), b.Slice(transposeB ? -1 : -2, start, count), transposeB, bias, sum, accumulate: false, gelu: null);
    }
}
