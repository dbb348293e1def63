namespace MiniStack.Tests;

/// <summary>The product on several threads, and the memory it uses.</summary>
[Collection(nameof(ProcessWide))]
public class MatMulThreadTests : IDisposable
{
    private readonly int _count = CpuThreads.Count;

    public void Dispose() => CpuThreads.Count = _count;

    [Theory]
    [InlineData(768, 128, 512)]
    [InlineData(768, 512, 128)]
    [InlineData(130, 600, 65)]
    [InlineData(1, 700, 1000)]
    [InlineData(1000, 700, 1)]
    [InlineData(300, 300, 40, 3)]
    [InlineData(64, 32, 64, 48)]
    public void MatMul_AnyThreadCount_GivesTheSameBits(int m, int k, int n, int batch = 1)
    {
        var rng = new Rng(1);
        Tensor a = Tensor.Uniform([batch, m, k], rng, -1), b = Tensor.Uniform([batch, n, k], rng, -1).Transpose();
        CpuThreads.Count = 1;
        Tensor expected = a.MatMul(b);
        foreach (int threads in (int[])[2, 3, 4, 16])
        {
            CpuThreads.Count = threads;
            TensorAssert.SameBits(expected, a.MatMul(b), $"{threads} threads");
        }
    }

    [Fact]
    public void MatMul_SteadyState_RentsOnlyWhatCameBack()
    {
        var rng = new Rng(1);
        Tensor a = Tensor.Uniform([300, 200], rng), b = Tensor.Uniform([200, 100], rng), weight = b.Transpose().Contiguous();
        long before = 0;
        for (int step = 0; step < 4; step++)
        {
            using MemoryScope scope = MemoryScope.Begin();
            _ = a.MatMul(b);
            _ = a.Linear(weight);
            if (step == 1) before = CpuMemory.FreshBlocks;
        }
        Assert.Equal(before, CpuMemory.FreshBlocks);
    }
}
