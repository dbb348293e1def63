using MiniStack.Data;

namespace MiniStack.Tests.Datasets;

public sealed class TextDatasetTests
{
    private static readonly TextDataset Text = new(string.Concat(Enumerable.Repeat("abcdefghij", 100)));

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void Batches_NoSizeOrNoContext_Say(int none)
    {
        string size = $"TextDataset: a batch must have at least 1 sequence, but has {none}.", context = $"TextDataset: a context must have at least 1 token, but has {none}.";
        // When asked for, not when the first batch is taken.
        Assert.Equal(size, Assert.Throws<ConfigException>(() => Text.Batches(none, 8, new Rng(0))).Message);
        Assert.Equal(size, Assert.Throws<ConfigException>(() => Text.Validation(none, 8)).Message);
        Assert.Equal(context, Assert.Throws<ConfigException>(() => Text.Batches(4, none, new Rng(0))).Message);
        Assert.Equal(context, Assert.Throws<ConfigException>(() => Text.Validation(4, none)).Message);
        Assert.Equal(context, Assert.Throws<ConfigException>(() => Text.CheckContext(none)).Message);
    }

    /// <summary>A list of batches holds each of them, and not the last one so many times.</summary>
    [Fact]
    public void Batches_KeptInAList_StayWhatTheyWere()
    {
        Batch[] kept = [.. Text.Batches(2, 8, new Rng(3)).Take(5)];
        int step = 0;
        foreach (Batch batch in Text.Batches(2, 8, new Rng(3)).Take(5))
        {
            Assert.Equal(batch.Inputs.ToArray<long>(), kept[step].Inputs.ToArray<long>());
            Assert.Equal(batch.Targets.ToArray<long>(), kept[step++].Targets.ToArray<long>());
        }
        Assert.Equal(5, kept.Select(batch => string.Join(',', batch.Inputs.ToArray<long>())).Distinct().Count());
        Batch[] validation = [.. Text.Validation(4, 8)];
        Assert.Equal(Enumerable.Range(0, 12).Select(i => (900 + i * 8) % 10L), validation.SelectMany(batch => batch.Inputs.ToArray<long>().Chunk(8).Select(row => row[0])).Select(token => token));
        Assert.Equal([4, 4, 4], validation.Select(batch => batch.Inputs.Shape[0]));
    }

    [Fact]
    public void Batches_InAScopeThatEnds_MayBeKept()
    {
        Batch batch;
        using (MemoryScope.Begin()) batch = Text.Batches(2, 8, new Rng(3)).First();
        Assert.Equal(16, batch.Inputs.ToArray<long>().Length);
    }

    [Fact]
    public void Batches_LargerThanATensor_Say() => Assert.Equal(
        "TextDataset: 2147483647 sequences of 8 tokens are more than one tensor holds. Make the batch smaller.",
        Assert.Throws<ConfigException>(() => Text.Batches(int.MaxValue, 8, new Rng(1))).Message);
}
