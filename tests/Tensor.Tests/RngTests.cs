namespace MiniStack.Tests;

public class RngTests
{
    // Known answers for philox4x32-10 from the Random123 distribution (kat_vectors): counter, key, result.
    [Theory]
    [InlineData(new uint[] { 0u, 0, 0, 0 }, new uint[] { 0u, 0 }, new uint[] { 0x6627e8d5u, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 })]
    [InlineData(
        new uint[] { ~0u, ~0u, ~0u, ~0u }, new uint[] { ~0u, ~0u }, new uint[] { 0x408f276du, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd })]
    [InlineData(
        new uint[] { 0x243f6a88u, 0x85a308d3, 0x13198a2e, 0x03707344 }, new uint[] { 0xa4093822u, 0x299f31d0 },
        new uint[] { 0xd16cfe09u, 0x94fdcceb, 0x5001e420, 0x24126ea1 })]
    public void Philox_KnownAnswers_Match(uint[] counter, uint[] key, uint[] expected)
    {
        Assert.Equal(expected, Philox(counter, key));
        // Rng fixes the last word of the counter to 0.
        (uint a, uint b, uint c, uint d) = Rng.Block(((ulong)key[1] << 32) | key[0], ((ulong)counter[1] << 32) | counter[0], counter[2]);
        Assert.Equal(Philox([counter[0], counter[1], counter[2], 0], key), (uint[])[a, b, c, d]);
    }

    /// <summary>The paper's formula word by word, with any counter.</summary>
    private static uint[] Philox(uint[] counter, uint[] key)
    {
        (uint k0, uint k1) = (key[0], key[1]);
        uint[] c = [.. counter];
        for (int round = 0; round < 10; round++, k0 += 0x9E3779B9, k1 += 0xBB67AE85)
        {
            ulong p = 0xD2511F53UL * c[0], q = 0xCD9E8D57UL * c[2];
            c = [(uint)(q >> 32) ^ c[1] ^ k0, (uint)q, (uint)(p >> 32) ^ c[3] ^ k1, (uint)p];
        }
        return c;
    }

    [Fact]
    public void NextUInt32_Stream_IsItsBlocksInOrder()
    {
        Rng rng = new(42);
        for (ulong block = 0; block < 10; block++)
        {
            (uint a, uint b, uint c, uint d) = Rng.Block(42, block);
            Assert.Equal([a, b, c, d], [rng.NextUInt32(), rng.NextUInt32(), rng.NextUInt32(), rng.NextUInt32()]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(11)]
    public void State_TakenAnywhere_ContinuesTheStream(int consumed)
    {
        Rng rng = new(7);
        for (int i = 0; i < consumed; i++) rng.NextUInt32();
        RngState state = rng.State;
        uint[] rest = [.. Enumerable.Range(0, 9).Select(_ => rng.NextUInt32())];
        Rng resumed = new(state), restored = new(1);
        restored.NextUInt32();
        restored.Restore(state);
        Assert.Equal(rest, Enumerable.Range(0, 9).Select(_ => resumed.NextUInt32()));
        Assert.Equal(rest, Enumerable.Range(0, 9).Select(_ => restored.NextUInt32()));
        Assert.Equal(new RngState(7, (ulong)consumed), state);
    }

    [Fact]
    public void Split_IsAFunctionOfKeyAndIndexOnly()
    {
        Rng rng = new(7);
        ulong before = rng.Split(3).Key;
        rng.NextUInt32();
        Assert.Equal(before, rng.Split(3).Key);
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(i => rng.Split((ulong)i).Key).Distinct().Count());
        Assert.NotEqual(new Rng(7).Split(0).Key, new Rng(8).Split(0).Key);
        Assert.NotEqual(rng.Split(1).Split(2).Key, rng.Split(2).Split(1).Key);
    }

    [Fact]
    public void Split_Streams_AreUncorrelated()
    {
        Rng parent = new(5), a = parent.Split(0), b = parent.Split(1);
        double sum = 0;
        const int Count = 100_000;
        for (int i = 0; i < Count; i++) sum += (a.NextDouble() - 0.5) * (b.NextDouble() - 0.5);
        // Each product has deviation 1/12, so their mean has 1/12/√n.
        Assert.InRange(sum / Count, -5 / 12.0 / Math.Sqrt(Count), 5 / 12.0 / Math.Sqrt(Count));
    }

    [Fact]
    public void Reserve_AnyWords_NeverOverlaps()
    {
        Rng rng = new(1);
        rng.NextUInt32();
        Assert.Equal(1UL, rng.Reserve(5));
        Assert.Equal(3UL, rng.Reserve(0));
        Assert.Equal(3UL, rng.Reserve(4));
        Assert.Equal(4UL, rng.Reserve(1));
        Assert.Equal(20UL, rng.State.Position);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(1000)]
    public void Next_AnyRange_IsUnbiased(int range)
    {
        Rng rng = new(11);
        int[] counts = new int[range];
        int draws = 200 * range + 20_000;
        for (int i = 0; i < draws; i++) counts[rng.Next(range)]++;
        double expected = draws / (double)range, chiSquare = counts.Sum(count => (count - expected) * (count - expected) / expected);
        // Chi-square with k degrees of freedom has mean k and deviation √(2k).
        Assert.InRange(chiSquare, 0, range + 6 * Math.Sqrt(2 * range));
    }

    [Fact]
    public void Next_RangeThatDoesNotDivide_RejectsTheBiasedWords()
    {
        // With 3·2³⁰ values, a plain multiply would make some twice as likely as others.
        Rng rng = new(3);
        const int Range = int.MaxValue / 2 + int.MaxValue / 4;
        int low = 0;
        for (int i = 0; i < 50_000; i++) if (rng.Next(Range) < Range / 2) low++;
        Assert.InRange(low, 24_300, 25_700);
    }

    [Fact]
    public void Next_NotPositive_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Rng(1).Next(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Rng(1).Next(-1));
    }

    [Fact]
    public void NextDouble_And_ToUnit_StayBelowOne()
    {
        Rng rng = new(2);
        for (int i = 0; i < 10_000; i++) Assert.InRange(rng.NextDouble(), 0, 1 - 1e-16);
        Assert.Equal(0, Rng.ToUnit(0));
        Assert.Equal(1 - MathF.ScaleB(1, -24), Rng.ToUnit(uint.MaxValue));
    }

    [Fact]
    public void Uniform_AndNormal_HaveTheirMoments()
    {
        const int Count = 200_000;
        Tensor uniform = Tensor.Uniform([Count], new Rng(1), -1, 3, DType.F64), normal = Tensor.Normal([Count], new Rng(2), 5, 2, DType.F64);
        Assert.Equal(1, uniform.Mean().Item(), 0.02);
        Assert.Equal(16 / 12.0, (uniform - 1).Multiply(uniform - 1).Mean().Item(), 0.02);
        Assert.Equal(5, normal.Mean().Item(), 0.03);
        Assert.Equal(4, (normal - 5).Multiply(normal - 5).Mean().Item(), 0.06);
        Assert.InRange(uniform.Min().Item(), -1, -0.999);
        Assert.InRange(uniform.Max().Item(), 2.999, 3);
    }

    [Fact]
    public void Tensors_FromOneStream_DoNotRepeat()
    {
        Rng rng = new(1);
        Tensor first = Tensor.Uniform([100], rng), second = Tensor.Uniform([100], rng);
        Assert.NotEqual(first.ToArray<float>(), second.ToArray<float>());
        Assert.Equal(first.ToArray<float>(), Tensor.Uniform([100], new Rng(1)).ToArray<float>());
    }

    [Fact]
    public void Dropout_KeepsItsShare_AndScales()
    {
        Tensor y = Tensor.Ones([100_000]).Dropout(0.25, key: 9, block: 0);
        float[] values = y.ToArray<float>();
        Assert.Equal(0.25, values.Count(value => value == 0) / 100_000.0, 0.01);
        Assert.All(values, value => Assert.True(value is 0 or 1 / 0.75f));
    }
}
