namespace MiniStack.Tests;

/// <summary>What the table cannot say of sorts and running sums: threads, signs of zero, and lengths around the cuts.</summary>
public class SortTests
{
    [Fact]
    public void Sort_NegativeZeros_KeepTheirSignAndOrder()
    {
        (Tensor values, Tensor indices) = Tensor.CopyOf([0f, -0f, float.NaN, -1f, -0f]).Sort();
        Assert.Equal([3L, 0, 1, 4, 2], indices.ToArray<long>());
        Assert.Equal([false, true, true], values.ToArray<float>()[1..4].Select(float.IsNegative));
    }

    [Fact]
    public void Sort_Descending_PutsNaNFirstAndKeepsTheOrderOfEqualOnes()
    {
        (_, Tensor indices) = Tensor.CopyOf([1f, float.NaN, 2f, 1f, float.NaN]).Sort(descending: true);
        Assert.Equal([1L, 4, 2, 0, 3], indices.ToArray<long>());
    }

    [Theory]
    [InlineData(32_767)]
    [InlineData(32_768)]
    [InlineData(32_769)]
    [InlineData(100_000)]
    public void Sort_OneRow_IsTheSameForAnyThreads(int length)
    {
        Tensor x = Tensor.Normal([length], new Rng(1));
        Threads.SameBits(() => x.Sort().Values.ToArray<float>());
        Threads.SameBits(() => x.Sort(descending: true).Indices.ToArray<long>());
        Assert.Equal(x.ToArray<float>().Order(), x.Sort().Values.ToArray<float>());
    }

    [Theory]
    [InlineData(3, 1000)]
    [InlineData(1, 50_001)]
    public void CumSum_AnyAxis_IsTheSameForAnyThreads(int rows, int length)
    {
        Tensor x = Tensor.Normal([rows, length], new Rng(1));
        Threads.SameBits(() => x.CumSum().ToArray<float>());
        Threads.SameBits(() => x.CumSum(reverse: true).ToArray<float>());
        Threads.SameBits(() => x.Transpose().CumSum(0).ToArray<float>());
    }

    [Fact]
    public void CumSum_AfterNaN_IsNaNAndBeforeItIsNot()
    {
        Tensor x = Tensor.CopyOf([1f, 2, float.NaN, 4, 5, 6, 7, 8]);
        Assert.Equal([1f, 3, float.NaN, float.NaN, float.NaN, float.NaN, float.NaN, float.NaN], x.CumSum().ToArray<float>());
        Assert.Equal([false, false, false, true], x.CumSum(reverse: true).ToArray<float>()[..4].Select(float.IsFinite));
    }

    [Fact]
    public void CumSum_Integers_WrapAround() =>
        Assert.Equal([int.MaxValue, int.MinValue], Tensor.CopyOf([int.MaxValue, 1]).CumSum().ToArray<int>());
}
