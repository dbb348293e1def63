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
        if (b.DType.IsHalf())
        {
            MultiplyHalf(a, b, transposeB: false, null, c, accumulate, gelu: null);
            return;
        }
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
    public override void Linear(Tensor x, Tensor weight, Tensor? bias, Tensor y)
    {
        if (weight.DType.IsHalf()) MultiplyHalf(x, weight, transposeB: true, bias, y, accumulate: false, gelu: null);
        else ProductOf(y.DType, x.Shape[^1])(x, weight, true, bias, y, accumulate: false, gelu: null);
    }

    /// <inheritdoc/>
    public override void LinearGelu(Tensor x, Tensor weight, Tensor? bias, Tensor h, Tensor y)
    {
        if (weight.DType.IsHalf()) MultiplyHalf(x, weight, transposeB: true, bias, h, accumulate: false, gelu: y);
        else ProductOf(y.DType, x.Shape[^1])(x, weight, true, bias, h, accumulate: false, gelu: y);
    }

    /// <summary>
    /// A product of 16-bit factors with sums in F32. b, which is usually a weight, is widened by blocks of columns that stay in a cache, so
    /// that no stand-in of all of it is made; every sum is that of the F32 product, whatever the blocks.
    /// </summary>
    /// <remarks>Results may be F32: then nothing is rounded to 16 bits.</remarks>
    private void MultiplyHalf(Tensor a, Tensor b, bool transposeB, Tensor? bias, Tensor c, bool accumulate, Tensor? gelu)
    {
        const long Block = 128 << 10; // elements; half a megabyte in F32
        int columns = c.Shape[^1], depth = a.Shape[^1];
        long inOneColumn = Math.Max(1, b.Count / Math.Max(columns, 1));
        int width = (int)Math.Clamp(Block / inOneColumn / 64 * 64, 64, Math.Max(columns, 64));
        using MemoryScope scope = MemoryScope.Begin();
        Tensor wideA = Wide(a);
        for (int start = 0; start < columns; start += width)
        {
            int count = Math.Min(width, columns - start);
            using MemoryScope inner = MemoryScope.Begin();
            Tensor part = c.Slice(-1, start, count);
            Tensor sums = Tensor.Empty(part.Shape, DType.F32, c.Device);
            if (accumulate) Copy(part, sums);
            Tensor? activated = gelu is null ? null : gelu == c ? sums : Tensor.Empty(part.Shape, DType.F32, c.Device);
            Tensor? shift = bias is null ? null : Wide(bias.Slice(0, start, count));
            Tensor factor = Wide(b.Slice(transposeB ? -2 : -1, start, count));
            ProductOf(DType.F32, depth)(wideA, factor, transposeB, shift, sums, accumulate, activated);
            Copy(sums, part);
            if (gelu is not null && gelu != c) Copy(activated!, gelu.Slice(-1, start, count));
        }
    }

    /// <summary>The elements in F32, row by row.</summary>
    private Tensor Wide(Tensor x)
    {
        if (x.DType == DType.F32) return x;
        Tensor wide = Tensor.Empty(x.Shape, DType.F32, x.Device);
        Copy(x, wide);
        return wide;
    }

    private Product ProductOf(DType dtype, int depth, [CallerMemberName] string operation = "") =>
        depth > MatMulChain.Segment ? MultiplySegments : IsF32(dtype, operation) ? MultiplyF32 : MultiplyF64;

    /// <summary>A product of very many terms: that of their first half and that of their second; see <see cref="MatMulChain"/>.</summary>
    private void MultiplySegments(Tensor a, Tensor b, bool transposeB, Tensor? bias, Tensor c, bool accumulate, Tensor? gelu)
    {
        int depth = a.Shape[^1], segments = (int)((depth + MatMulChain.Segment - 1L) / MatMulChain.Segment),
            first = (segments + 1) / 2 * MatMulChain.Segment;
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
