using FsCheck;
using FsCheck.Fluent;
using static MiniStack.Tests.AgainstReference;

namespace MiniStack.Tests;

/// <summary>Products on the device against the reference, in any shape and stride.</summary>
public class MatMulTests
{
    // Around nothing, one, a step of depth (8, 16, 32), and tiles of 64 and 128.
    private static readonly int[] Sizes = [0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129];

    [Fact]
    public void MatMul_AnyShapeAndStride_EqualsReference() => Check(c =>
    {
        foreach (DType dtype in Numbers)
        {
            (Tensor a, Tensor b) = c.Factors(dtype);
            Compare([c.Batch, c.M, c.N], dtype, (backend, y) => backend.MatMul(a, b, y, accumulate: c.Seed % 2 == 1), c.Tolerance(DType.F32), c.Tolerance(DType.F64), $"{dtype} {c}");
        }
    });

    [Fact]
    public void LinearAndLinearGelu_AnyShapeAndStride_EqualReference() => Check(c =>
    {
        foreach (DType dtype in Floats)
        {
            (Tensor x, Tensor w) = (c with { Batch = 1 }).Factors(dtype);
            (Tensor rows, Tensor weight) = (x.Squeeze(0), w.Squeeze(0).Transpose());
            Tensor bias = Cases.Make([c.N], dtype, c.LyingA, Holding.Ordinary, c.Seed);
            foreach (Tensor? shift in (Tensor?[])[bias, null])
            {
                Compare(
                    [c.M, c.N], dtype, (backend, y) => backend.Linear(rows, weight, shift, y), c.Tolerance(DType.F32), c.Tolerance(DType.F64), $"{dtype} {c}");
                Compare(
                    [2, c.M, c.N], dtype, (backend, y) => backend.LinearGelu(rows, weight, shift, y.Select(0, 0), y.Select(0, 1)),
                    c.Tolerance(DType.F32), c.Tolerance(DType.F64), $"GELU {dtype} {c}");
            }
        }
    });

    [Theory]
    [InlineData(1)]
    [InlineData(1024)]
    public void MatMul_LargeTiles_HaveTheBitsOfSmallOnes(int batch)
    {
        // One matrix is cut into small tiles; enough of them to fill the device into large ones.
        Tensor a = Tensor.Normal([1, 130, 20], new Rng(1)).To(DeviceUnderTest.Device), b = Tensor.Normal([1, 20, 70], new Rng(2)).To(DeviceUnderTest.Device);
        Tensor c = a.Expand([batch, 130, 20]).MatMul(b.Expand([batch, 20, 70])).Select(0, batch - 1);
        TensorAssert.SameBits(a.Squeeze(0).MatMul(b.Squeeze(0)), c);
    }

    private static void Check(Action<Product> test)
    {
        _ = Tested;
        Prop.ForAll(Products.ToArbitrary(), test).Check(Config.QuickThrowOnFailure.WithMaxTest(DeviceUnderTest.Cases(100)));
    }

    private static Gen<Product> Products =>
        from m in Gen.Elements(Sizes)
        from n in Gen.Elements(Sizes)
        from k in Gen.Elements(Sizes)
        from batch in Gen.Elements(1, 1, 2, 3)
        from a in Gen.Elements(Enum.GetValues<Lying>())
        from b in Gen.Elements(Enum.GetValues<Lying>())
        from seed in Gen.Choose(0, int.MaxValue)
        select new Product(m, n, k, batch, a, b, seed);

    /// <summary>A product to try.</summary>
    public sealed record Product(int M, int N, int K, int Batch, Lying LyingA, Lying LyingB, int Seed)
    {
        public double Tolerance(DType dtype) => 10 * Tests.Tolerance.OfSum(dtype, K); // numbers are around 2

        public (Tensor A, Tensor B) Factors(DType dtype) =>
            (Cases.Make([Batch, M, K], dtype, LyingA, Holding.Ordinary, Seed), Cases.Make([Batch, K, N], dtype, LyingB, Holding.Ordinary, Seed ^ 1));
    }
}
