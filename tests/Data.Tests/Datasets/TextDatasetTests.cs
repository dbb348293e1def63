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
}
