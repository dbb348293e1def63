namespace MiniStack.Tests;

/// <summary>What the table cannot say: huge numbers, infinities and NaN, as PyTorch treats them.</summary>
public class NumericsTests
{
    private const double Infinity = double.PositiveInfinity, NaN = double.NaN;

    public static TheoryData<DType> FloatTypes => new(Types.Floats);

    [Theory]
    [MemberData(nameof(FloatTypes))]
    public void LogSumExp_HugeNumbers_StaysFinite(DType dtype)
    {
        Tensor x = Tensor.CopyOf([10_000.0, 10_000, -10_000, -10_000, 10_000, -10_000], [3, 2]).To(dtype);
        Near([10_000 + Math.Log(2), -10_000 + Math.Log(2), 10_000], x.LogSumExp([1]), dtype);
        Near([0.5, 0.5, 0.5, 0.5, 1, 0], Gradient(x, v => v.LogSumExp([1])), dtype);
    }

    [Theory]
    [MemberData(nameof(FloatTypes))]
    public void LogSumExp_Infinities_AsTheLimitSays(DType dtype)
    {
        Tensor x = Tensor.CopyOf([-Infinity, -Infinity, -Infinity, 1, Infinity, 1, Infinity, -Infinity, NaN, 1], [5, 2]).To(dtype);
        Near([-Infinity, 1, Infinity, Infinity, NaN], x.LogSumExp([1]), dtype);
        double[] gradient = Doubles(Gradient(x.Slice(0, 0, 2), v => v.LogSumExp([1])));
        Assert.Equal([0, 0, 0, 1], gradient);
    }

    [Fact]
    public void LogSumExp_AllMasked_HasNoSecondDerivativeEither()
    {
        using Tape tape = Tape.Begin();
        Variable x = Variable.Watch(Tensor.CopyOf([-Infinity, -Infinity]));
        Variable dx = tape.Grad(x.LogSumExp(), x, createGraph: true);
        Assert.Equal([0, 0], Doubles(tape.Grad(dx.Sum(), x).Value));
    }

    [Fact]
    public void Variance_LargeMean_DoesNotCancel()
    {
        float[] numbers = [.. Enumerable.Range(0, 1001).Select(i => 10_000 + (i % 3))];
        double[] wide = [.. numbers.Select(x => (double)x)];
        double mean = wide.Average(), variance = wide.Sum(x => (x - mean) * (x - mean)) / 1000;
        Assert.Equal(variance, Tensor.CopyOf(numbers).Variance().Item(), 1e-6);
        Assert.Equal(Math.Sqrt(variance), Tensor.CopyOf(numbers).StandardDeviation().Item(), 1e-6);
    }

    [Fact]
    public void Variance_TooFewNumbers_IsNaN()
    {
        Assert.True(double.IsNaN(Tensor.CopyOf([3.0]).Variance().Item()));
        Assert.True(double.IsNaN(Tensor.Zeros([2, 0]).Variance().Item()));
        Assert.Equal(0, Tensor.CopyOf([3.0]).Variance(correction: 0).Item());
    }

    [Fact]
    public void StandardDeviation_AllEqual_HasGradientZero() =>
        Assert.Equal([0, 0, 0], Doubles(Gradient(Tensor.CopyOf([5.0, 5, 5]), x => x.StandardDeviation())));

    [Theory]
    [InlineData(1)]
    [InlineData(1.5)]
    [InlineData(2)]
    [InlineData(3)]
    public void Norm_OfZero_HasGradientZero(double p)
    {
        Assert.Equal([0, 0, 0], Doubles(Gradient(Tensor.Zeros([3], DType.F64), x => x.Norm(p))));
        Assert.DoesNotContain(double.NaN, Doubles(Gradient(Tensor.CopyOf([0.0, 1, -2]), x => x.Norm(p))));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(Infinity)]
    public void Norm_InfinityAndNaN_Remain(double p)
    {
        Assert.Equal(Infinity, Tensor.CopyOf([1.0, -Infinity]).Norm(p).Item());
        Assert.True(double.IsNaN(Tensor.CopyOf([1.0, NaN]).Norm(p).Item()));
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void CrossEntropy_HugeLogits_IsExact(DType dtype)
    {
        Tensor x = Tensor.CopyOf([10_000.0, -10_000, 0, 10_000, -10_000, 0], [2, 3]).To(dtype), targets = Tensor.CopyOf([0L, 1]);
        Near([0, 20_000], new Variable(x).CrossEntropy(targets, Reduction.None).Value, dtype);
        CrossEntropyOptions smooth = new() { LabelSmoothing = 0.3, Reduction = Reduction.None };
        Near([0.1 * 30_000, 0.7 * 20_000 + 0.1 * 30_000], new Variable(x).CrossEntropy(targets, smooth).Value, dtype);
        Near([1 - 0.8, -0.1, -0.1, 1 - 0.1, -0.8, -0.1], Gradient(x, v => v.CrossEntropy(targets, smooth)), dtype);
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void CrossEntropy_HugeEqualLogits_HasExactGradient(DType dtype)
    {
        Tensor x = Tensor.CopyOf([10_000.0, 10_000, -10_000, -10_000], [2, 2]).To(dtype), targets = Tensor.CopyOf([0L, 1]);
        Near([Math.Log(2), Math.Log(2)], new Variable(x).CrossEntropy(targets, Reduction.None).Value, dtype);
        Near([-0.5, 0.5, 0.5, -0.5], Gradient(x, v => v.CrossEntropy(targets, Reduction.Sum)), dtype);
    }

    [Fact]
    public void CrossEntropy_AllRowsIgnored_IsNaNAsInPyTorch()
    {
        Variable x = Tensor.Zeros([2, 3], DType.F64);
        Tensor targets = Tensor.CopyOf([-100L, -100]);
        Assert.True(double.IsNaN(x.CrossEntropy(targets, new CrossEntropyOptions { IgnoreIndex = -100 }).Item()));
        Assert.Equal(0, x.CrossEntropy(targets, new CrossEntropyOptions { IgnoreIndex = -100, Reduction = Reduction.Sum }).Item());
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void BinaryCrossEntropyWithLogits_HugeLogits_IsExact(DType dtype)
    {
        Tensor x = Tensor.CopyOf([10_000.0, 10_000, -10_000, -10_000, 20, -20]).To(dtype), t = Tensor.CopyOf([1.0, 0, 1, 0, 1, 0]).To(dtype);
        double[] loss = Doubles(new Variable(x).BinaryCrossEntropyWithLogits(t, reduction: Reduction.None).Value);
        Assert.Equal([0, 10_000, 10_000, 0], loss[..4]);
        // Small losses keep their relative accuracy: 1 + e⁻²⁰ would round to 1 in F32.
        foreach (double small in loss[4..]) Assert.Equal(1, small / Math.Exp(-20), 1e-6);
        Near([0, 1, -1, 0], Gradient(x, v => v.BinaryCrossEntropyWithLogits(t, reduction: Reduction.None)).Slice(0, 0, 4), dtype);
        double[] weighted = Doubles(new Variable(x).BinaryCrossEntropyWithLogits(t, Tensor.Full([1], 3, dtype), Reduction.None).Value);
        Assert.Equal([0, 10_000, 30_000, 0], weighted[..4]);
    }

    [Fact]
    public void ElementLosses_HugeNumbers_StayFinite()
    {
        Variable x = Tensor.CopyOf([1e4f, -1e4f]), t = Tensor.CopyOf([-1f, 1f]);
        Assert.Equal(10_001f * 10_001f, (float)x.MeanSquaredError(t).Item());
        Assert.Equal(10_001, x.L1Loss(t).Item());
        Assert.Equal(10_000.5, x.SmoothL1Loss(t).Item());
        Assert.Equal(10_001, x.HingeLoss(t).Item());
    }

    [Fact]
    public void Losses_NaN_Remains()
    {
        Variable x = Tensor.CopyOf([NaN, 1.0]), t = Tensor.CopyOf([1.0, 1]);
        foreach (Variable loss in (Variable[])[
            x.MeanSquaredError(t), x.L1Loss(t), x.SmoothL1Loss(t), x.BinaryCrossEntropyWithLogits(t), x.KlDivergence(t), x.HingeLoss(t), x.HingeEmbeddingLoss(t.Value)])
        {
            Assert.True(double.IsNaN(loss.Item()));
        }
    }

    [Fact]
    public void KlDivergence_ProbabilityZero_CostsNothing()
    {
        Variable x = Tensor.CopyOf([-1.0, -2]), t = Tensor.CopyOf([0.0, 1]);
        Assert.Equal(2, x.KlDivergence(t, Reduction.Sum).Item());
        Assert.Equal([0, -1], Doubles(Gradient(x.Value, v => v.KlDivergence(t, Reduction.Sum))));
    }

    [Theory]
    [InlineData(false, Infinity, NaN)]
    [InlineData(true, 0, 0)]
    public void CtcLoss_TooFewSteps_IsInfiniteOrZero(bool zeroInfinity, double loss, double gradient)
    {
        Tensor x = Tensor.Zeros([2, 1, 3], DType.F64).LogSoftmax(), targets = Tensor.CopyOf([1L, 1], [1, 2]), two = Tensor.CopyOf([2L]);
        Assert.Equal(loss, new Variable(x).CtcLoss(targets, two, two, zeroInfinity: zeroInfinity).Item());
        Assert.Contains(gradient, Doubles(Gradient(x, v => v.CtcLoss(targets, two, two, zeroInfinity: zeroInfinity))));
    }

    [Fact]
    public void CtcLoss_HugeLogits_IsExact()
    {
        // The steps say 1, blank, 2 with certainty.
        double[] logits = [-1e4, 1e4, -1e4, 1e4, -1e4, -1e4, -1e4, -1e4, 1e4];
        Tensor x = Tensor.CopyOf(logits, [3, 1, 3]).To(DType.F32).LogSoftmax(), lengths = Tensor.CopyOf([3L]);
        Assert.Equal(0, new Variable(x).CtcLoss(Tensor.CopyOf([1L, 2], [1, 2]), lengths, Tensor.CopyOf([2L]), reduction: Reduction.Sum).Item());
        Assert.Equal(40_000, new Variable(x).CtcLoss(Tensor.CopyOf([2L, 1], [1, 2]), lengths, Tensor.CopyOf([2L]), reduction: Reduction.Sum).Item());
    }

    [Fact]
    public void CtcLoss_AnyThreadCount_HasTheSameBits()
    {
        Tensor x = Tensor.Normal([50, 9, 11], new Rng(1)).LogSoftmax();
        Tensor targets = Tensor.CopyOf([.. Enumerable.Range(0, 9 * 12).Select(i => 1L + i * i % 10)], [9, 12]);
        Tensor steps = Tensor.CopyOf([.. Enumerable.Range(0, 9).Select(i => 50L - i)]), labels = Tensor.CopyOf([.. Enumerable.Range(0, 9).Select(i => 12L - i)]);
        Tensor[] gradients = [.. new[] { 1, 2, 4 }.Select(threads => WithThreads(threads, () => Gradient(x, v => v.CtcLoss(targets, steps, labels))))];
        TensorAssert.SameBits(gradients[0], gradients[1]);
        TensorAssert.SameBits(gradients[0], gradients[2]);
    }

    [Fact]
    public void Attention_AQueryThatSeesNothing_GivesZeros()
    {
        Tensor mask = Tensor.CopyOf([true, true, false, false], [2, 2]);
        AttentionOptions options = new() { Causal = false, Mask = mask };
        Tensor q = Tensor.Normal([1, 1, 2, 3], new Rng(1)), k = Tensor.Normal([1, 1, 2, 3], new Rng(2)), v = Tensor.Normal([1, 1, 2, 3], new Rng(3));
        Tensor y = Tensor.Attention(q, k, v, options);
        Assert.Equal([0, 0, 0], Doubles(y.Select(2, 1)));
        Assert.DoesNotContain(0, Doubles(y.Select(2, 0)));
        Assert.Equal([0, 0, 0], Doubles(Gradient(q, x => Variable.Attention(x, k, v, options)).Select(2, 1)));
        Assert.DoesNotContain(double.NaN, Doubles(Gradient(k, x => Variable.Attention(q, x, v, options))));
    }

    [Fact]
    public void Attention_Dropout_IsReplayedInTheGradient()
    {
        Tensor q = Tensor.Normal([1, 2, 5, 3], new Rng(1), dtype: DType.F64), k = q.Clone(), v = Tensor.Normal([1, 2, 5, 3], new Rng(3), dtype: DType.F64);
        Rng rng = new(7);
        AttentionOptions options = new() { Dropout = 0.5, Rng = rng };
        Tensor first = Tensor.Attention(q, k, v, options), second = Tensor.Attention(q, k, v, options);
        Assert.NotEqual(Doubles(first), Doubles(second));
        GradCheck.Run(x => Variable.Attention(x[0], x[1], x[2], new AttentionOptions { Dropout = 0.5, Rng = new Rng(7) }), q, k, v);
    }

    [Fact]
    public void Attention_WindowInBlocks_EqualsTheMask()
    {
        Tensor q = Tensor.Normal([2, 300, 4], new Rng(1), dtype: DType.F64), k = Tensor.Normal([2, 310, 4], new Rng(2), dtype: DType.F64), v = Tensor.Normal([2, 310, 3], new Rng(3), dtype: DType.F64);
        foreach (bool causal in (bool[])[true, false])
        {
            Tensor distance = Tensor.Arange(300, DType.I32).Unsqueeze(1) + 10 - Tensor.Arange(310, DType.I32), near = distance.Abs().Less(distance.ScalarLike(30));
            AttentionOptions masked = new() { Causal = causal, Mask = near }, window = new() { Causal = causal, Window = 30 };
            Assert.True(window.Blocks(300, 310).Count() > 1);
            for (int i = 0; i < 3; i++)
            {
                Tensor Of(AttentionOptions options) => Gradient(i == 0 ? q : i == 1 ? k : v, x => Variable.Attention(i == 0 ? x : q, i == 1 ? x : k, i == 2 ? x : v, options));
                TensorAssert.Close(Of(masked), Of(window), 1e-12);
            }
            TensorAssert.Close(Tensor.Attention(q, k, v, masked), Tensor.Attention(q, k, v, window), 1e-13);
        }
    }

    [Fact]
    public void Alibi_SlopesOfAnyNumberOfHeads_AreThePapers()
    {
        Assert.Equal([0.5f, 0.25f, 0.125f, 0.0625f, 0.03125f, 0.015625f, 0.0078125f, 0.00390625f], AttentionOptions.Alibi(8).ToArray<float>());
        Assert.Equal([0.0625f, 0.00390625f, 0.25f], AttentionOptions.Alibi(3).ToArray<float>());
    }

    private static Tensor Gradient(Tensor x, Func<Variable, Variable> function)
    {
        Parameter parameter = new(x.Clone());
        using Tape tape = Tape.Begin();
        Variable y = function(parameter);
        tape.Backward(y.Rank == 0 ? y : y.Sum());
        return parameter.Grad!.Clone().Persist();
    }

    private static double[] Doubles(Tensor x) => x.To(DType.F64).ToArray<double>();

    private static void Near(double[] expected, Tensor actual, DType dtype)
    {
        double[] have = Doubles(actual);
        Assert.Equal(expected.Length, have.Length);
        for (int i = 0; i < have.Length; i++)
        {
            if (!double.IsFinite(expected[i])) Assert.Equal(expected[i], have[i]);
            else Assert.Equal(expected[i], have[i], Tolerance.Of(dtype) * Math.Max(1, Math.Abs(expected[i])));
        }
    }

    private static T WithThreads<T>(int threads, Func<T> run)
    {
        int before = CpuThreads.Count;
        try
        {
            CpuThreads.Count = threads;
            return run();
        }
        finally
        {
            CpuThreads.Count = before;
        }
    }
}
