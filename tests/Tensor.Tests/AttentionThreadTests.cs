namespace MiniStack.Tests;

/// <summary>Attention on several threads, and the memory it uses.</summary>
[Collection(nameof(ProcessWide))]
public class AttentionThreadTests
{
    [Theory]
    [InlineData(1, 250, DType.F32)] // fewer heads than threads: small pieces
    [InlineData(1, 250, DType.F64)]
    [InlineData(3, 130, DType.F32)]
    [InlineData(8, 64, DType.F32)]
    public void Attention_AnyThreadCount_SameBits(int heads, int time, DType dtype)
    {
        Tensor qkv = Tensor.Normal([1, time, 3 * heads * 24], new Rng(1), dtype: dtype);
        Tensor dy = Tensor.Normal([1, time, heads * 24], new Rng(2), dtype: dtype);
        foreach (bool causal in (bool[])[true, false])
        {
            AgainstReference.SameBitsForAnyThreads(() =>
            {
                Tensor y = Fused.SelfAttention(qkv, heads, causal, out Tensor logSumExp);
                return [y, logSumExp, Fused.SelfAttentionBackward(qkv, heads, causal, y, logSumExp, dy)];
            });
        }
    }

    [Fact]
    public void Attention_LaterPositions_DoNotChangeEarlierResults()
    {
        Tensor qkv = Tensor.Normal([1, 230, 3 * 24], new Rng(1));
        Tensor whole = Fused.SelfAttention(qkv, 1, causal: true, out _);
        foreach (int time in (int[])[1, 31, 97, 100, 200])
        {
            Tensor part = Fused.SelfAttention(qkv.Slice(1, 0, time), 1, causal: true, out _);
            TensorAssert.SameBits(whole.Slice(1, 0, time), part, $"{time} positions");
        }
    }

    [Fact]
    public void Attention_FourTimesTheContext_TakesFourTimesTheMemory()
    {
        Bytes(96); // the threads' scratch, which does not grow
        double few = Bytes(1024), many = Bytes(4096);
        Assert.InRange(many / few, 3.5, 4.5);

        static long Bytes(int time)
        {
            CpuMemory.Trim();
            using (MemoryScope.Begin())
            {
                Tensor qkv = Tensor.Normal([1, time, 3 * 16], new Rng(1));
                Tensor y = Fused.SelfAttention(qkv, 1, causal: true, out Tensor logSumExp);
                Fused.SelfAttentionBackward(qkv, 1, causal: true, y, logSumExp, y);
            }
            return CpuMemory.FreeBytes; // every block that was rented has come back
        }
    }

    [Fact]
    public void Attention_SteadyState_RentsOnlyWhatCameBack()
    {
        Tensor qkv = Tensor.Normal([2, 100, 3 * 64], new Rng(1));
        long before = 0;
        for (int step = 0; step < 4; step++)
        {
            using MemoryScope scope = MemoryScope.Begin();
            Tensor y = Fused.SelfAttention(qkv, 2, causal: true, out Tensor logSumExp);
            Fused.SelfAttentionBackward(qkv, 2, causal: true, y, logSumExp, y);
            if (step == 1) before = CpuMemory.FreshBlocks;
        }
        Assert.Equal(before, CpuMemory.FreshBlocks);
    }
}
