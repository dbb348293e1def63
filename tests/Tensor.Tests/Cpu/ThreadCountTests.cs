using MiniStack.Operators;
using static MiniStack.Tests.AgainstReference;

namespace MiniStack.Tests;

/// <summary>Same bits on 1, 2 and 4 threads.</summary>
[Collection(nameof(ProcessWide))]
public class ThreadCountTests
{
    [Theory]
    [MemberData(nameof(DeterminismTests.Names), MemberType = typeof(DeterminismTests))]
    public void Elementwise_AnyThreadCount_SameBits(string name)
    {
        Tensor x = Cases.Make([70_003], DType.F32, Lying.Stepped, Holding.Ordinary, 1);
        SameBitsForAnyThreads(() => [DeterminismTests.Functions[name](x)]);
    }

    [Fact]
    public void Sum_AnyThreadCount_SameBits() => SameBitsForAnyThreads(() =>
    [
        Cases.Make([5000, 37], DType.F32, Lying.Contiguous, Holding.Ordinary, 1).Sum([0]),
        Cases.Make([200_000], DType.F32, Lying.Contiguous, Holding.Ordinary, 2).Sum(),
        Cases.Make([40, 5000], DType.F32, Lying.Transposed, Holding.Ordinary, 3).Sum([1]),
    ]);

    [Fact]
    public void Rows_AnyThreadCount_SameBits() => SameBitsForAnyThreads(() =>
    {
        Tensor x = Cases.Make([700, 130], DType.F32, Lying.Contiguous, Holding.Ordinary, 1);
        Tensor dy = Cases.Make([700, 130], DType.F32, Lying.Contiguous, Holding.Ordinary, 2);
        Tensor weight = Cases.Make([130], DType.F32, Lying.Contiguous, Holding.Ordinary, 3);
        Tensor targets = (Tensor.Arange(700, DType.F32) * 0.18).To(DType.I64);
        Tensor y = x.LayerNorm(weight, weight, 1e-5, out Tensor mean, out Tensor rstd);
        (Tensor dx, Tensor dweight, Tensor? dbias) = Fused.LayerNormBackward(x, weight, true, mean, rstd, dy);
        Tensor losses = x.CrossEntropy(targets, out Tensor logSumExp);
        (Tensor dxRms, Tensor dweightRms) = Fused.RmsNormBackward(x, weight, rstd, dy);
        return [x.RmsNorm(weight), dxRms, dweightRms, x.Softmax(), x.LogSoftmax(), Fused.SoftmaxBackward(x.Softmax(), dy), y, mean, rstd, dx, dweight, dbias!, losses, logSumExp,
            Fused.CrossEntropyBackward(x, targets, logSumExp, losses)];
    });

    [Fact]
    public void EmbeddingBackward_AnyThreadCount_SameBits() => SameBitsForAnyThreads(() =>
    {
        Tensor indices = (Tensor.Arange(900, DType.F32) * 0.01).To(DType.I64);
        return [Fused.EmbeddingBackward(9, indices, Cases.Make([900, 200], DType.F32, Lying.Contiguous, Holding.Ordinary, 1))];
    });

    [Fact]
    public void Random_AnyThreadCount_SameBits() => SameBitsForAnyThreads(() =>
        [Tensor.Uniform([100_000], new Rng(1)), Tensor.Normal([100_000], new Rng(2)), Tensor.Ones([100_000]).Dropout(0.5, 3, 0)]);

    [Fact]
    public void Optimizers_AnyThreadCount_SameBits() => SameBitsForAnyThreads(() =>
    {
        Tensor p = Cases.Make([70_001], DType.F32, Lying.Contiguous, Holding.Ordinary, 1);
        Tensor g = Cases.Make([70_001], DType.F32, Lying.Stepped, Holding.Ordinary, 2);
        Tensor m = Tensor.Zeros(p.Shape), v = Tensor.Zeros(p.Shape);
        Fused.AdamW(p, g, m, v, new AdamWStep(0.01, 0.9, 0.99, 1e-8, 0.1, 0.5, 1));
        Fused.Sgd(p, g, m, new SgdStep(0.01, 0.9, true, 0.1, 1));
        return [p, m, v, Tensor.Scalar(Fused.SumOfSquares(p), DType.F64)];
    });

    [Fact]
    public void ContiguousInputs_OneThread_AllocateNothing()
    {
        int before = CpuThreads.Count;
        try
        {
            CpuThreads.Count = 1;
            Tensor x = Tensor.Ones([64, 128]), y = Tensor.Empty([64, 128]);
            Action[] calls = [() => Tested.Binary<Add>(x, x, y), () => Tested.Unary<Gelu>(x, y), () => Tested.Softmax(x, y), () => Tested.SoftmaxBackward(x, x, y)];
            foreach (Action call in calls)
            {
                call();
                long start = GC.GetAllocatedBytesForCurrentThread();
                call();
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - start);
            }
        }
        finally
        {
            CpuThreads.Count = before;
        }
    }
}
