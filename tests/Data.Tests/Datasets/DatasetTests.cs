using MiniStack.Data;

namespace MiniStack.Tests.Datasets;

public sealed class DatasetTests
{
    private static readonly IDataset<long> Hundred = Dataset.From<long>(100, i => i * 10);

    [Fact]
    public void Split_Sizes_AreDisjointAndTogetherTheWhole()
    {
        IReadOnlyList<IDataset<long>> parts = Hundred.Split(7, 80, 15, 5);
        Assert.Equal([80L, 15, 5], parts.Select(part => part.Count));
        Assert.Equal(All(Hundred), parts.SelectMany(All).Order());
        Assert.Equal(All(parts[0]), All(Hundred.Split(7, 80, 20)[0]));
        Assert.NotEqual(All(parts[0]), All(Hundred.Split(8, 80, 20)[0]));
        Assert.NotEqual(All(parts[0]).Order(), All(parts[0]));
    }

    [Fact]
    public void Split_WrongSizes_Says()
    {
        Assert.Equal(
            "Dataset.Split: the sizes 80, 21 must not be negative, nor more together than the 100 examples.",
            Assert.Throws<ConfigException>(() => Hundred.Split(0, 80, 21)).Message);
        Assert.Throws<ConfigException>(() => Hundred.Split(0, -1));
    }

    [Fact]
    public void SplitStratified_Shares_HoldInEachClass()
    {
        int[] labels = [.. Enumerable.Range(0, 100).Select(i => i < 70 ? 0 : i < 90 ? 1 : 2)];
        (IDataset<long> first, IDataset<long> second) = Hundred.SplitStratified(labels, 0.8, seed: 3);
        Assert.Equal([56, 16, 8], Enumerable.Range(0, 3).Select(label => All(first).Count(x => labels[x / 10] == label)));
        Assert.Equal(All(Hundred), All(first).Concat(All(second)).Order());
        Assert.NotEqual(All(first), All(Hundred.SplitStratified(labels, 0.8, seed: 4).First));
    }

    [Fact]
    public void SplitStratified_WrongArguments_Says()
    {
        Assert.Equal(
            "Dataset.SplitStratified: the share must be above 0 and below 1, but is 1.",
            Assert.Throws<ConfigException>(() => Hundred.SplitStratified(new int[100], 1, 0)).Message);
        Assert.Equal(
            "Dataset.SplitStratified: there are 3 labels for 100 examples; give one for each.",
            Assert.Throws<ConfigException>(() => Hundred.SplitStratified([0, 1, 2], 0.5, 0)).Message);
    }

    [Fact]
    public void Concat_PartsSomeEmpty_AreOneAfterTheOther()
    {
        IDataset<long> empty = Dataset.From<long>([]);
        IDataset<long> all = Dataset.Concat(empty, Dataset.From<long>([1, 2]), empty, empty, Dataset.From<long>([3]), empty);
        Assert.Equal([1L, 2, 3], All(all));
        Assert.Equal(0, Dataset.Concat<long>().Count);
    }

    [Fact]
    public void SubsetAndSelect_Indices_AreInTheirOrder() => Assert.Equal([31L, 1, 31], All(Hundred.Subset([3, 0, 3]).Select(x => x + 1)));

    [Theory]
    [InlineData(-1)]
    [InlineData(100)]
    public void Get_NoSuchExample_Says(long index)
    {
        string message = $"There is no example {index}; the dataset has 100, from 0.";
        Assert.Equal(message, Assert.Throws<IndexException>(() => Hundred.Get(index)).Message);
        Assert.Equal(message, Assert.Throws<IndexException>(() => Hundred.Subset([index])).Message);
    }

    [Fact]
    public void Labels_Twice_IsOneList()
    {
        ImageDataset images = new([1, 2], [7, 9], 1, 1, 1);
        Assert.Equal([7, 9], images.Labels);
        Assert.Same(images.Labels, images.Labels);
    }

    [Fact]
    public void From_NegativeCount_Says() =>
        Assert.Equal("Dataset.From: the count must not be negative, but is -1.", Assert.Throws<ConfigException>(() => Dataset.From<long>(-1, i => i)).Message);

    private static IEnumerable<T> All<T>(IDataset<T> dataset)
    {
        for (long i = 0; i < dataset.Count; i++) yield return dataset.Get(i);
    }
}
