namespace MiniStack.Tests;

/// <summary>Sums of very many terms keep their digits: no product is one chain of multiply-adds.</summary>
public class LongSumTests
{
    private const int Many = 17 << 20; // a chain of ones in F32 stands still at 2²⁴

    private static readonly Tensor Row = Tensor.Ones([1, 1]).Persist().Expand([1, Many]), Column = Row.Transpose();

    private static readonly Dictionary<string, Func<float>> Ones = new()
    {
        ["a row times a column"] = () => Row.MatMul(Column).Item<float>(),
        ["several rows and columns"] = () => Row.Expand([3, Many]).MatMul(Column.Expand([Many, 5])).ToArray<float>()[7],
        ["Linear"] = () => Row.Linear(Row).Item<float>(),
        ["SetMatMul"] = () => Tensor.Zeros([1, 1]).SetMatMul(Row, Column, accumulate: true).Item<float>(),
        ["Einsum"] = () => Tensor.Einsum("ij,kj->ik", Row, Row).Item<float>(),
        ["Sum"] = () => Row.Sum().Item<float>(),
        ["a sum by columns"] = () => Tensor.Ones([1, 16]).Expand([Many / 16, 16]).Sum([0]).Sum().Item<float>(),
        ["CumSum"] = () => Tensor.Ones([Many]).CumSum().Slice(0, Many - 1, 1).Item<float>(),
        ["ScatterAdd"] = () => Tensor.Zeros([1]).ScatterAdd(0, Tensor.Zeros([1], DType.I64).Expand([Many]), Row.Reshape(Many)).Item<float>(),
        ["EmbeddingBackward"] = () => Fused.EmbeddingBackward(1, Tensor.Zeros([1], DType.I64).Expand([Many]), Column).Item<float>(),
        ["AvgPool1d"] = () => Many * Tensor.Ones([1, 1, 1 << 25]).AvgPool1d(1 << 25).Item<float>(),
    };

    public static TheoryData<string> Names() => new(Ones.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void SumOfOnes_MoreThanTwoToThe24_IsExact(string what)
    {
        using MemoryScope scope = MemoryScope.Begin();
        float sum = Ones[what]();
        Assert.True(sum == Many, $"{what}: {sum}");
    }

    [Fact]
    public void MatMul_OnesOfTwoToThe25_IsExact()
    {
        Tensor ones = Tensor.Ones([1, 1]).Expand([1, 1 << 25]);
        Assert.Equal(33_554_432, ones.MatMul(ones.Transpose()).Item());
    }

    public static TheoryData<string, int, int, int> Products() => new()
    {
        { "few rows", 2, 65_536, 64 }, { "a weight gradient", 48, 65_536, 40 }, { "a vector", 70, 65_536, 1 }, { "segments", 3, 100_001, 33 },
        { "just cut", 13, 4_097, 70 }, { "many rows", 400, 4_200, 130 },
    };

    /// <summary>PyTorch 1.13 is 3.9e-7 off where one chain is 4.6e-6 off.</summary>
    [Theory]
    [MemberData(nameof(Products))]
    public void MatMul_ManyTerms_StaysNearF64(string what, int m, int k, int n)
    {
        Tensor a = Tensor.Uniform([k, m], new Rng(1)).Transpose(), b = Tensor.Uniform([k, n], new Rng(2));
        Tensor exact = a.To(DType.F64).MatMul(b.To(DType.F64));
        foreach (Tensor left in (Tensor[])[a, a.Contiguous()])
        {
            Tensor c = left.MatMul(b);
            AssertNear(exact, c, 5e-7, what);
            AssertNear(exact, left.Linear(b.Transpose()), 5e-7, what);
            Tensor more = Tensor.Ones([m, n]).SetMatMul(left, b, accumulate: true);
            AssertNear(exact + 1, more, 5e-7, what);
            // A part of the rows and columns is the same part of the result, bit by bit.
            TensorAssert.SameBits(c.Slice(0, m / 2, m - m / 2), left.Slice(0, m / 2, m - m / 2).MatMul(b), what);
            TensorAssert.SameBits(c.Slice(1, n / 2, n - n / 2), left.MatMul(b.Slice(1, n / 2, n - n / 2)), what);
        }
    }

    [Fact]
    public void ConvolutionWeightGradient_ManyPixels_StaysNearF64()
    {
        Tensor x = Tensor.Uniform([4, 2, 256, 257], new Rng(1)), dy = Tensor.Uniform([4, 3, 256, 257], new Rng(2));
        ConvOptions options = new() { Padding = 1 };
        Tensor exact = Fused.Conv2dWeightGradient(x.To(DType.F64), dy.To(DType.F64), 3, options);
        AssertNear(exact, Fused.Conv2dWeightGradient(x, dy, 3, options), 5e-7, "dweight");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Attention_ManyKeys_StaysNearF64(bool causal)
    {
        const int Keys = 9_000, Queries = 40;
        Tensor q = Tensor.Uniform([1, 1, Queries, 8], new Rng(1)), k = Tensor.Uniform([1, 1, Keys, 8], new Rng(2)), v = Tensor.Uniform([1, 1, Keys, 24], new Rng(3));
        Tensor exact = Tensor.Attention(q.To(DType.F64), k.To(DType.F64), v.To(DType.F64), causal);
        AssertNear(exact, Tensor.Attention(q, k, v, causal), 1e-6, "attention");
    }

    private static void AssertNear(Tensor exact, Tensor actual, double tolerance, string what)
    {
        double worst = ((actual.To(DType.F64) - exact).Abs() / exact.Abs()).Max().Item();
        Assert.True(worst <= tolerance, $"{what}: {worst:e2} relative");
    }
}
