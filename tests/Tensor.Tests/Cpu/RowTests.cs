using static MiniStack.Tests.AgainstReference;

namespace MiniStack.Tests;

/// <summary>Row methods of the CPU backend against the reference: softmax, layer norm, cross-entropy.</summary>
public class RowTests
{
    [Fact]
    public void Softmax_AnyCase_EqualsReference() => Check(Cases.Rows, drawn =>
    {
        foreach (DType dtype in Floats)
        {
            Tensor x = Cases.Make(drawn.Shape, dtype, drawn.LyingA, drawn.Holding, drawn.Seed);
            Compare(drawn.Shape, dtype, (backend, y) => backend.Softmax(x, y), 1e-6, 1e-14, $"{dtype} {drawn}");
        }
    });

    [Fact]
    public void LogSoftmax_AnyCase_EqualsReference() => Check(Cases.Rows, drawn =>
    {
        foreach (DType dtype in Floats)
        {
            Tensor x = Cases.Make(drawn.Shape, dtype, drawn.LyingA, drawn.Holding, drawn.Seed);
            Compare(drawn.Shape, dtype, (backend, y) => backend.LogSoftmax(x, y), 1e-6, 1e-14, $"{dtype} {drawn}");
        }
    });

    [Fact]
    public void SoftmaxBackward_AnyCase_EqualsReference() => Check(Cases.Rows, drawn =>
    {
        foreach (DType dtype in Floats)
        {
            Tensor y = Cases.Make(drawn.Shape, dtype, drawn.LyingA, Holding.Ordinary, drawn.Seed).Softmax();
            if (drawn.Shape.Rank > 1) y = y.Transpose().Contiguous().Transpose();
            Tensor dy = Cases.Make(drawn.Shape, dtype, drawn.LyingB, Holding.Ordinary, drawn.Seed ^ 1);
            Compare(drawn.Shape, dtype, (backend, dx) => backend.SoftmaxBackward(y, dy, dx), 1e-6, 1e-14, $"{dtype} {drawn}");
        }
    });

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Softmax_InfiniteRows_EqualReference(DType dtype)
    {
        double minus = double.NegativeInfinity, plus = double.PositiveInfinity;
        Tensor x = Tensor.CopyOf([minus, minus, minus, minus, 0, 1, plus, 0, 1, double.NaN, 0, 1, 1e4, -1e4, 9999], [5, 3]).To(dtype);
        Compare(x.Shape, dtype, (backend, y) => backend.Softmax(x, y), 1e-6, 1e-14);
        Compare(x.Shape, dtype, (backend, y) => backend.LogSoftmax(x, y), 1e-6, 1e-14);
    }

    [Fact]
    public void LayerNorm_AnyCase_EqualsReference() => Check(Cases.Rows, drawn =>
    {
        foreach (DType dtype in Floats)
        {
            Tensor x = Cases.Make(drawn.Shape, dtype, drawn.LyingA, Holding.Ordinary, drawn.Seed);
            (Tensor weight, Tensor bias) = Parameters(drawn, dtype);
            foreach (Tensor? shift in (Tensor?[])[bias, null])
            {
                Shape rows = drawn.Shape[..^1];
                (Tensor y, Tensor mean, Tensor rstd) = (Tensor.Empty(drawn.Shape, dtype), Tensor.Empty(rows, dtype), Tensor.Empty(rows, dtype));
                (Tensor y0, Tensor mean0, Tensor rstd0) = (Tensor.Empty(drawn.Shape, dtype), Tensor.Empty(rows, dtype), Tensor.Empty(rows, dtype));
                Tested.LayerNorm(x, weight, shift, 1e-5, y, mean, rstd);
                Reference.LayerNorm(x, weight, shift, 1e-5, y0, mean0, rstd0);
                double tolerance = dtype == DType.F32 ? 3e-6 : 1e-11;
                Close(mean0, mean, tolerance, $"mean {drawn}");
                Close(rstd0, rstd, tolerance, $"rstd {drawn}");
                // A row of equal elements has rstd 316, which multiplies the rounding of the mean.
                Close(y0, y, 10 * tolerance, $"y {drawn}");
            }
        }
    });

    [Fact]
    public void LayerNorm_MeanLargeAgainstDeviation_StaysAccurate()
    {
        Tensor x = Cases.Make([3, 100], DType.F32, Lying.Contiguous, Holding.Ordinary, 1) + 3000, ones = Tensor.Ones([100]);
        Compare(x.Shape, DType.F32, (backend, y) => backend.LayerNorm(x, ones, null, 1e-5, y, Tensor.Empty([3]), Tensor.Empty([3])), 1e-6);
    }

    [Fact]
    public void LayerNormBackward_AnyCase_EqualsReference() => Check(Cases.Rows, drawn =>
    {
        if (drawn.Shape[^1] == 1 || drawn.LyingA == Lying.StretchedLast) return; // no deviation: rstd multiplies rounding
        foreach (DType dtype in Floats)
        {
            Tensor x = Cases.Make(drawn.Shape, dtype, drawn.LyingA, Holding.Ordinary, drawn.Seed);
            Tensor dy = Cases.Make(drawn.Shape, dtype, drawn.LyingB, Holding.Ordinary, drawn.Seed ^ 1);
            (Tensor weight, _) = Parameters(drawn, dtype);
            x.LayerNorm(weight, null, 1e-2, out Tensor mean, out Tensor rstd);
            foreach (bool hasBias in (bool[])[true, false])
            {
                Tensor[] actual = Backward(Tested), expected = Backward(Reference);
                double tolerance = (dtype == DType.F32 ? 3e-6 : 1e-12) * Math.Sqrt(drawn.Shape.Count);
                for (int i = 0; i < expected.Length; i++) Close(expected[i], actual[i], tolerance, $"output {i} {drawn}");

                Tensor[] Backward(Backend backend)
                {
                    Tensor dx = Tensor.Empty(drawn.Shape, dtype), dweight = Tensor.Empty(weight.Shape, dtype);
                    Tensor? dbias = hasBias ? Tensor.Empty(weight.Shape, dtype) : null;
                    backend.LayerNormBackward(x, weight, mean, rstd, dy, dx, dweight, dbias);
                    return dbias is null ? [dx, dweight] : [dx, dweight, dbias];
                }
            }
        }
    });

    [Fact]
    public void LayerNormBackward_NoRows_GivesZeroGradients()
    {
        Tensor x = Tensor.Zeros([0, 5], device: DeviceUnderTest.Device), weight = Tensor.Ones([5], device: DeviceUnderTest.Device);
        x.LayerNorm(weight, weight, 1e-5, out Tensor mean, out Tensor rstd);
        (_, Tensor dweight, Tensor? dbias) = Fused.LayerNormBackward(x, weight, true, mean, rstd, x);
        Assert.Equal(new float[5], dweight.ToArray<float>());
        Assert.Equal(new float[5], dbias!.ToArray<float>());
    }

    [Fact]
    public void RmsNorm_AnyCase_EqualsReference() => Check(Cases.Rows, drawn =>
    {
        foreach (DType dtype in Floats)
        {
            Tensor x = Cases.Make(drawn.Shape, dtype, drawn.LyingA, Holding.Ordinary, drawn.Seed);
            (Tensor weight, _) = Parameters(drawn, dtype);
            Tensor rstd = Tensor.Empty(drawn.Shape[..^1], dtype), rstd0 = Tensor.Empty(drawn.Shape[..^1], dtype);
            Compare(drawn.Shape, dtype, (backend, y) => backend.RmsNorm(x, weight, 1e-6, y, backend == Tested ? rstd : rstd0), 1e-6, 1e-14, $"{drawn}");
            Close(rstd0, rstd, dtype == DType.F32 ? 1e-6 : 1e-14, $"rstd {drawn}");
        }
    });

    [Fact]
    public void RmsNormBackward_AnyCase_EqualsReference() => Check(Cases.Rows, drawn =>
    {
        foreach (DType dtype in Floats)
        {
            Tensor x = Cases.Make(drawn.Shape, dtype, drawn.LyingA, Holding.Ordinary, drawn.Seed);
            Tensor dy = Cases.Make(drawn.Shape, dtype, drawn.LyingB, Holding.Ordinary, drawn.Seed ^ 1);
            (Tensor weight, _) = Parameters(drawn, dtype);
            x.RmsNorm(weight, 1e-2, out Tensor rstd);
            Tensor dweight = Tensor.Empty(weight.Shape, dtype), dweight0 = Tensor.Empty(weight.Shape, dtype);
            double f32 = 3e-6 * Math.Sqrt(drawn.Shape.Count), f64 = 1e-12 * Math.Sqrt(drawn.Shape.Count);
            Compare(drawn.Shape, dtype,
                (backend, dx) => backend.RmsNormBackward(x, weight, rstd, dy, dx, backend == Tested ? dweight : dweight0), f32, f64, $"{drawn}");
            Close(dweight0, dweight, dtype == DType.F32 ? f32 : f64, $"dweight {drawn}");
        }
    });

    [Fact]
    public void CrossEntropy_AnyCase_EqualsReference() => Check(Cases.Rows, drawn =>
    {
        int classes = drawn.Shape[^1], rows = (int)(drawn.Shape.Count / classes);
        foreach (DType dtype in Floats)
        {
            Tensor logits = Cases.Make([rows, classes], dtype, drawn.LyingA, drawn.Holding, drawn.Seed);
            Tensor targets = Tensor.CopyOf(Enumerable.Range(0, rows).Select(row => row * 7 % classes).ToArray());
            if (drawn.Seed % 2 == 0) targets = targets.To(DType.I64);
            Tensor lse = Tensor.Empty([rows], dtype), lse0 = Tensor.Empty([rows], dtype);
            Compare([rows], dtype, (backend, y) => backend.CrossEntropy(logits, targets, y, backend == Tested ? lse : lse0), 1e-6, 1e-14, $"{drawn}");
            Close(lse0, lse, dtype == DType.F32 ? 1e-6 : 1e-14, $"logSumExp {drawn}");

            Tensor dlosses = drawn.LyingB == Lying.StretchedFirst
                ? Tensor.Scalar(0.25, dtype).Expand([rows])
                : Cases.Make([rows], dtype, drawn.LyingB, Holding.Ordinary, drawn.Seed ^ 1);
            Tensor finite = Cases.Make([rows, classes], dtype, drawn.LyingA, Holding.Ordinary, drawn.Seed);
            Reference.CrossEntropy(finite, targets, Tensor.Empty([rows], dtype), lse0);
            Compare([rows, classes], dtype, (backend, y) => backend.CrossEntropyBackward(finite, targets, lse0, dlosses, y), 4e-6, 1e-13, $"{drawn}");
        }
    });

    [Theory]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(16385)]
    [InlineData(40000)]
    public void Rows_LongerThanChunksAndPieces_EqualReference(int length)
    {
        Tensor x = Cases.Make([3, length], DType.F32, Lying.Sliced, Holding.Ordinary, 1);
        Tensor dy = Cases.Make([3, length], DType.F32, Lying.Reversed, Holding.Ordinary, 2);
        Tensor weight = Cases.Make([length], DType.F32, Lying.Stepped, Holding.Ordinary, 3), targets = Tensor.CopyOf([0L, length - 1, 7]);
        Compare(x.Shape, DType.F32, (backend, y) => backend.Softmax(x, y), 1e-7);
        Compare(x.Shape, DType.F32, (backend, y) => backend.LogSoftmax(x, y), 1e-6);
        Compare(x.Shape, DType.F32, (backend, y) => backend.SoftmaxBackward(x, dy, y), 1e-3);
        Compare(x.Shape, DType.F32, (backend, y) => backend.LayerNorm(x, weight, null, 1e-5, y, Tensor.Empty([3]), Tensor.Empty([3])), 2e-6);
        Compare(x.Shape, DType.F32, (backend, y) => backend.RmsNorm(x, weight, 1e-6, y, Tensor.Empty([3])), 2e-6);
        Compare([3], DType.F32, (backend, y) => backend.CrossEntropy(x, targets, y, Tensor.Empty([3])), 1e-6);
    }

    private static (Tensor Weight, Tensor Bias) Parameters(Case drawn, DType dtype) =>
        (Cases.Make([drawn.Shape[^1]], dtype, drawn.LyingB, Holding.Ordinary, drawn.Seed ^ 2),
        Cases.Make([drawn.Shape[^1]], dtype, drawn.LyingA, Holding.Ordinary, drawn.Seed ^ 3));
}
