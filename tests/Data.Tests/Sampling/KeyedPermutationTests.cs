using MiniStack.Data;

namespace MiniStack.Tests.Sampling;

public sealed class KeyedPermutationTests
{
    [Fact]
    public void Indexer_EverySizeTo700_IsABijection()
    {
        for (int size = 1; size <= 700; size++)
        {
            KeyedPermutation order = new(size, seed: 5, epoch: (ulong)size);
            bool[] seen = new bool[size];
            for (int place = 0; place < size; place++)
            {
                long number = order[place];
                Assert.False(seen[number]);
                seen[number] = true;
            }
        }
    }

    [Theory]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(1_000_003)]
    public void Indexer_LargerSizes_IsABijection(int size)
    {
        KeyedPermutation order = new(size, seed: 6);
        bool[] seen = new bool[size];
        for (int place = 0; place < size; place++) seen[order[place]] = true;
        Assert.DoesNotContain(false, seen);
    }

    [Theory]
    [InlineData(1L << 31)]
    [InlineData((1L << 40) + 1)]
    [InlineData(1L << 62)]
    public void Indexer_HugeSizes_AreSpreadAndDifferent(long size)
    {
        KeyedPermutation order = new(size, seed: 7);
        HashSet<long> numbers = [];
        int low = 0;
        for (int i = 0; i < 20_000; i++)
        {
            long number = order[size - 1 - i];
            Assert.InRange(number, 0, size - 1);
            Assert.True(numbers.Add(number));
            if (number < size / 2) low++;
        }
        Assert.InRange(low, 9_700, 10_300); // four deviations about a half
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Indexer_ManyKeys_MakeAllOrdersEqually(int size)
    {
        int orders = Enumerable.Range(1, size).Aggregate((a, b) => a * b), draws = 400 * orders;
        Dictionary<string, int> counts = [];
        for (int epoch = 0; epoch < draws; epoch++)
        {
            KeyedPermutation order = new(size, seed: 8, (ulong)epoch);
            string key = string.Concat(Enumerable.Range(0, size).Select(place => (char)('0' + order[place])));
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
        Assert.Equal(orders, counts.Count);
        // χ² has mean orders − 1 and deviation √(2·(orders − 1)).
        double chi = counts.Values.Sum(count => (count - 400.0) * (count - 400.0) / 400);
        Assert.InRange(chi, 0, orders - 1 + (5 * Math.Sqrt(2 * (orders - 1))));
    }

    [Fact]
    public void Indexer_SeedAndEpoch_NameTheOrder()
    {
        long[] Of(ulong seed, ulong epoch) => [.. Enumerable.Range(0, 50).Select(i => new KeyedPermutation(50, seed, epoch)[i])];
        Assert.Equal(Of(1, 2), Of(1, 2));
        Assert.NotEqual(Of(1, 2), Of(1, 3));
        Assert.NotEqual(Of(1, 2), Of(2, 2));
        // Pinned: a checkpoint of today must continue tomorrow.
        Assert.Equal([48L, 21, 30, 7, 25], Of(1, 2)[..5]);
    }

    [Fact]
    public void Arguments_OutOfRange_Say()
    {
        Assert.Equal("KeyedPermutation: the count must be 0 to 2^62, but is -1.", Assert.Throws<ConfigException>(() => new KeyedPermutation(-1, 0)).Message);
        Assert.Throws<ConfigException>(() => new KeyedPermutation((1L << 62) + 1, 0));
        Assert.Equal("There is no example 3; the dataset has 3, from 0.", Assert.Throws<IndexException>(() => new KeyedPermutation(3, 0)[3]).Message);
        Assert.Throws<IndexException>(() => new KeyedPermutation(0, 0)[0]);
    }
}
