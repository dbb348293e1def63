using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using FsCheck;
using FsCheck.Fluent;

namespace MiniStack.Tests;

/// <summary>The product on the CPU device against the reference loops, in any shape and stride.</summary>
public class MatMulTests
{
    // Around nothing, one, the heights of tiles (4, 6, 8, 12), the widths of vectors, two vectors, a piece (96) and a depth block (256).
    private static readonly int[] Sizes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 15, 16, 17, 24, 31, 32, 33, 47, 64, 65, 97, 100];
    private static readonly int[] Depths = [.. Sizes, 255, 256, 257, 300];

    [Fact]
    public void MatMul_AnyShapeAndStride_EqualsReference() =>
        Prop.ForAll(Cases.ToArbitrary(), c =>
        {
            (Tensor a, Tensor b) = c.Operands();
            Tensor expected = a.To(Device.Reference).MatMul(b.To(Device.Reference));
            TensorAssert.Close(expected.To(Device.Cpu), a.MatMul(b), Tolerance.OfSum(c.DType, c.K), c.ToString());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void MatMul_Floats_AreOneChainOfMultiplyAdds() =>
        Prop.ForAll(Cases.Where(c => c.DType == DType.F32).ToArbitrary(), c =>
        {
            (Tensor a, Tensor b) = c.Operands();
            TensorAssert.SameBits(Chain(a, b, null), a.MatMul(b), c.ToString());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Theory]
    [InlineData(Memory.Rows, Memory.Rows)]
    [InlineData(Memory.Columns, Memory.Rows)]
    [InlineData(Memory.Gaps, Memory.Columns)]
    public void MatMul_LargerThanEveryBlock_IsOneChainOfMultiplyAdds(Memory left, Memory right)
    {
        foreach (int m in (int[])[190, 230])
        {
            (Tensor a, Tensor b) = new Case(DType.F32, m, 800, 300, 0, left, right).Operands();
            TensorAssert.SameBits(Chain(a, b, null), a.MatMul(b));
        }
    }

    [Fact]
    public void MatMul_OfRowsWholePagesApart_IsOneChainOfMultiplyAdds()
    {
        // Their rows would all fall on the same places of the first-level cache: both are packed.
        var rng = new Rng(3);
        Tensor a = Tensor.Uniform([200, 1024], rng, -1).Slice(1, 5, 600), b = Tensor.Uniform([600, 1024], rng, -1).Slice(1, 3, 300);
        TensorAssert.SameBits(Chain(a, b, null), a.MatMul(b));
        TensorAssert.SameBits(Chain(a, b.Transpose().Contiguous().Transpose(), null), a.Transpose().Contiguous().Transpose().MatMul(b));
    }

    [Fact]
    public void SetMatMul_AnyShapeAndStride_EqualsReference() =>
        Prop.ForAll(Cases.Where(c => c.Batch == 0).ToArbitrary(), Gen.Elements(false, true).ToArbitrary(), (c, accumulate) =>
        {
            (Tensor a, Tensor b) = c.Operands();
            Tensor was = (Tensor.Uniform([c.M, c.N], new Rng(5), -9, 9, DType.F64)).To(c.DType), result = was.Clone();
            Tensor expected = was.To(Device.Reference).Clone().SetMatMul(a.To(Device.Reference), b.To(Device.Reference), accumulate);
            TensorAssert.Close(expected.To(Device.Cpu), result.SetMatMul(a, b, accumulate), Tolerance.OfSum(c.DType, c.K + 10), $"{c} {accumulate}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void SetMatMul_OfItself_ReadsWhatItHeld()
    {
        Tensor x = Tensor.Uniform([20, 20], new Rng(1), -1), square = x.MatMul(x);
        TensorAssert.SameBits(square, x.Clone() is var y ? y.SetMatMul(y, y, accumulate: false) : y);
    }

    [Fact]
    public void Linear_AnyShapeAndStride_IsOneChainFromTheBias() =>
        Prop.ForAll(Cases.Where(c => c.DType == DType.F32).ToArbitrary(), Gen.Elements(0, 1, 2).ToArbitrary(), (c, biasStep) =>
        {
            (Tensor x, Tensor b) = (c with { Batch = 0 }).Operands();
            Tensor? bias = biasStep == 0 ? null : Tensor.Uniform([c.N * biasStep], new Rng(7), -1).Slice(0, 0, c.N, biasStep);
            TensorAssert.SameBits(Chain(x, b, bias), x.Linear(b.Transpose(), bias), c.ToString());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void LinearGelu_AnyShapeAndStride_HasTheBitsOfLinearThenGelu() =>
        Prop.ForAll(Cases.Where(c => c.DType.IsFloat()).ToArbitrary(), Gen.Elements(0, 1, 2).ToArbitrary(), (c, biasStep) =>
        {
            (Tensor x, Tensor b) = (c with { Batch = 0 }).Operands();
            Tensor? bias = biasStep == 0 ? null : Tensor.Uniform([c.N * biasStep], new Rng(7), -1, dtype: c.DType).Slice(0, 0, c.N, biasStep);
            Tensor weight = b.Transpose(), expected = x.Linear(weight, bias), y = Fused.LinearGelu(x, weight, bias, out Tensor h);
            TensorAssert.SameBits(expected, h, c.ToString());
            TensorAssert.SameBits(expected.Gelu(), y, c.ToString());
            TensorAssert.SameBits(y, Fused.LinearGelu(x, weight, bias), c.ToString());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Theory]
    [InlineData(1100, 700, 2048)] // written past the caches, in two blocks of depth
    [InlineData(1100, 30, 2056)] // a row that does not start on a cache line
    [InlineData(3, 600, 1000)]
    public void LinearGelu_LargerThanEveryBlock_HasTheBitsOfLinearThenGelu(int rows, int inputs, int outputs)
    {
        Tensor x = Tensor.Uniform([rows, inputs], new Rng(1), -1), weight = Tensor.Uniform([outputs, inputs], new Rng(2), -1);
        Tensor expected = x.Linear(weight);
        TensorAssert.SameBits(expected.Gelu(), Fused.LinearGelu(x, weight, null, out Tensor h));
        TensorAssert.SameBits(expected, h);
        TensorAssert.SameBits(expected.Gelu(), Fused.LinearGelu(x, weight.Transpose().Contiguous().Transpose()));
    }

    [Fact]
    public void LinearGelu_Float_EqualsReference() =>
        Prop.ForAll(Cases.Where(c => c.DType.IsFloat()).ToArbitrary(), c =>
        {
            (Tensor x, Tensor b) = (c with { Batch = 0 }).Operands();
            Tensor bias = Tensor.Uniform([c.N], new Rng(7), -1, dtype: c.DType), weight = b.Transpose();
            Tensor expected = Fused.LinearGelu(x.To(Device.Reference), weight.To(Device.Reference), bias.To(Device.Reference), out Tensor h);
            TensorAssert.Close(expected.To(Device.Cpu), Fused.LinearGelu(x, weight, bias), 2 * Tolerance.OfSum(c.DType, c.K), c.ToString());
            TensorAssert.SameBits(expected, h.Gelu());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact]
    public void Linear_F64_EqualsReference() =>
        Prop.ForAll(Cases.ToArbitrary(), c =>
        {
            (Tensor x, Tensor b) = (c with { Batch = 0, DType = DType.F64 }).Operands();
            Tensor bias = Tensor.Uniform([c.N], new Rng(7), -1, dtype: DType.F64), weight = b.Transpose();
            Tensor expected = x.To(Device.Reference).Linear(weight.To(Device.Reference), bias.To(Device.Reference));
            TensorAssert.Close(expected.To(Device.Cpu), x.Linear(weight, bias), Tolerance.OfSum(DType.F64, c.K), c.ToString());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact]
    public void MatMul_SomeRows_EqualThoseRowsOfTheWhole() =>
        Prop.ForAll(Cases.Where(c => c.DType.IsFloat() && c.Batch == 0 && c.M > 0).ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (c, cut) =>
        {
            (Tensor a, Tensor b) = c.Operands();
            int first = cut % c.M, count = 1 + cut * 7 % (c.M - first);
            TensorAssert.SameBits(a.MatMul(b).Slice(0, first, count), a.Slice(0, first, count).MatMul(b), $"{c}, rows {first}+{count}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void MatMul_SomeColumns_EqualThoseColumnsOfTheWhole() =>
        Prop.ForAll(Cases.Where(c => c.DType.IsFloat() && c.Batch == 0 && c.N > 0).ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (c, cut) =>
        {
            (Tensor a, Tensor b) = c.Operands();
            int first = cut % c.N, count = 1 + cut * 7 % (c.N - first);
            TensorAssert.SameBits(a.MatMul(b).Slice(1, first, count), a.MatMul(b.Slice(1, first, count)), $"{c}, columns {first}+{count}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    /// <summary>The definition, in F32: every element is one chain of multiply-adds (of up to 4,096 terms).</summary>
    private static Tensor Chain(Tensor a, Tensor b, Tensor? bias)
    {
        int m = a.Shape[^2], k = a.Shape[^1], n = b.Shape[^1];
        Shape batch = Shape.Broadcast(a.Shape[..^2], b.Shape[..^2], "Chain");
        float[] left = a.Expand([.. batch, m, k]).ToArray<float>(), right = b.Expand([.. batch, k, n]).ToArray<float>();
        float[] start = bias?.ToArray<float>() ?? new float[n], c = new float[batch.Count * m * n];
        for (int at = 0; at < c.Length; at++)
        {
            int j = at % n, row = at / n, item = row / m;
            float sum = start[j];
            for (int p = 0; p < k; p++) sum = MultiplyAdd(left[row * k + p], right[(item * k + p) * n + j], sum);
            c[at] = sum;
        }
        return Tensor.CopyOf(c, [.. batch, m, n]);
    }

    /// <summary>As the kernels: rounded once where the processor can.</summary>
    private static float MultiplyAdd(float a, float b, float c) => Fma.IsSupported || AdvSimd.IsSupported ? MathF.FusedMultiplyAdd(a, b, c) : a * b + c;

    private static Gen<Case> Cases =>
        from dtype in Gen.Frequency((4, Gen.Constant(DType.F32)), (2, Gen.Constant(DType.F64)), (1, Gen.Elements(DType.I32, DType.I64)))
        from m in Gen.Elements(Sizes)
        from n in Gen.Elements(Sizes)
        from k in Gen.Elements(Depths)
        from batch in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(1, 3)))
        from a in Gen.Elements(Enum.GetValues<Memory>())
        from b in Gen.Elements(Enum.GetValues<Memory>())
        select new Case(dtype, batch > 0 ? m / 2 : m, batch > 0 ? n / 2 : n, dtype.IsFloat() ? k : k / 4, batch, a, b);

    /// <summary>How a matrix lies in memory.</summary>
    public enum Memory
    {
        /// <summary>Row by row.</summary>
        Rows,

        /// <summary>Column by column: the transpose of another.</summary>
        Columns,

        /// <summary>Every other row and every third column of a larger one.</summary>
        Gaps,

        /// <summary>One row stretched over all, by a stride of 0.</summary>
        OneRow,

        /// <summary>One matrix for the whole batch.</summary>
        OneItem,
    }

    /// <summary>A product to try; batch 0 is a single matrix.</summary>
    public sealed record Case(DType DType, int M, int N, int K, int Batch, Memory A, Memory B)
    {
        /// <summary>Elements in [-1, 1), or small integers.</summary>
        public (Tensor A, Tensor B) Operands()
        {
            var rng = new Rng((ulong)(M + 1000 * N + 1000000L * K));
            return (Matrix(A, M, K, rng), Matrix(B, K, N, rng));
        }

        private Tensor Matrix(Memory memory, int rows, int columns, Rng rng) => memory switch
        {
            Memory.Columns => Numbers(Batched(columns, rows), rng).Transpose(),
            Memory.Gaps => Numbers(Batched(2 * rows, 3 * columns), rng).Slice(-2, 0, rows, 2).Slice(-1, 0, columns, 3),
            Memory.OneRow => Numbers(Batched(1, columns), rng).Expand(Batched(rows, columns)),
            Memory.OneItem => Numbers([rows, columns], rng),
            _ => Numbers(Batched(rows, columns), rng),
        };

        private Shape Batched(int rows, int columns) => Batch == 0 ? [rows, columns] : [Batch, rows, columns];

        private Tensor Numbers(Shape shape, Rng rng)
        {
            Tensor numbers = Tensor.Uniform(shape, rng, -1, 1, DType == DType.F64 ? DType.F64 : DType.F32);
            return DType.IsFloat() ? numbers : (numbers * Tensor.Scalar(100)).To(DType);
        }
    }
}
