namespace MiniStack.Data;

/// <summary>Makes datasets from lists and from other datasets; nothing is copied.</summary>
public static class Dataset
{
    /// <summary>The items of a list as examples.</summary>
    public static IDataset<T> From<T>(IReadOnlyList<T> items) => new IndexedDataset<T>(items.Count, index => items[(int)index]);

    /// <summary>The examples of a function, made when they are asked for.</summary>
    /// <param name="count">How many.</param>
    /// <param name="get">Makes one; several threads call it at once.</param>
    /// <exception cref="ConfigException">The count is negative.</exception>
    public static IDataset<T> From<T>(long count, Func<long, T> get) => count >= 0
        ? new IndexedDataset<T>(count, get)
        : throw new ConfigException(FormattableString.Invariant($"Dataset.From: the count must not be negative, but is {count}."));

    /// <summary>Every example through a function that is always the same; chance belongs in an <see cref="ITransform{T}"/>.</summary>
    public static IDataset<TResult> Select<T, TResult>(this IDataset<T> dataset, Func<T, TResult> function) =>
        new IndexedDataset<TResult>(dataset.Count, index => function(dataset.Get(index)));

    /// <summary>The examples at some indices, in the order of these.</summary>
    /// <exception cref="IndexException">An index is not in the dataset.</exception>
    public static IDataset<T> Subset<T>(this IDataset<T> dataset, IReadOnlyList<long> indices)
    {
        foreach (long index in indices) CheckIndex(index, dataset.Count);
        return new IndexedDataset<T>(indices.Count, index => dataset.Get(indices[(int)index]));
    }

    /// <summary>One dataset after the other.</summary>
    public static IDataset<T> Concat<T>(params IReadOnlyList<IDataset<T>> datasets)
    {
        long[] ends = new long[datasets.Count];
        for (int i = 0; i < ends.Length; i++) ends[i] = (i == 0 ? 0 : ends[i - 1]) + datasets[i].Count;
        return new IndexedDataset<T>(ends.Length == 0 ? 0 : ends[^1], index =>
        {
            // The first part that ends after the index: empty parts share their end with the part before, and are passed over.
            int low = 0;
            for (int high = ends.Length - 1; low < high;)
            {
                int middle = (low + high) / 2;
                if (ends[middle] > index) high = middle;
                else low = middle + 1;
            }
            return datasets[low].Get(index - (low == 0 ? 0 : ends[low - 1]));
        });
    }

    /// <summary>Cuts a dataset at random into disjoint parts of given sizes.</summary>
    /// <param name="dataset">What to cut.</param>
    /// <param name="seed">The same seed gives the same parts.</param>
    /// <param name="sizes">Examples of each part; together no more than there are.</param>
    /// <remarks>
    /// The parts are stretches of one <see cref="KeyedPermutation"/>, so that cutting a billion examples takes no memory.
    /// </remarks>
    /// <exception cref="ConfigException">A size is negative, or they are too many together.</exception>
    public static IReadOnlyList<IDataset<T>> Split<T>(this IDataset<T> dataset, ulong seed, params IReadOnlyList<long> sizes)
    {
        if (sizes.Any(size => size < 0 || size > dataset.Count) || sizes.Sum() > dataset.Count)
        {
            throw new ConfigException(
                FormattableString.Invariant($"Dataset.Split: the sizes {string.Join(", ", sizes)} must not be negative, ") +
                FormattableString.Invariant($"nor more together than the {dataset.Count} examples."));
        }
        KeyedPermutation order = new(dataset.Count, seed);
        List<IDataset<T>> parts = [];
        long start = 0;
        foreach (long size in sizes)
        {
            long first = start;
            parts.Add(new IndexedDataset<T>(size, index => dataset.Get(order[first + index])));
            start += size;
        }
        return parts;
    }

    /// <summary>Cuts a dataset at random into two parts that have each class in the same proportion.</summary>
    /// <param name="dataset">What to cut.</param>
    /// <param name="labels">The class of each example, from 0.</param>
    /// <param name="share">The first part's share of each class, above 0 and below 1, rounded to whole examples.</param>
    /// <param name="seed">The same seed gives the same parts.</param>
    /// <exception cref="ConfigException">The share is not between 0 and 1 or leaves a part empty, or the labels are not one for each
    /// example.</exception>
    public static (IDataset<T> First, IDataset<T> Second) SplitStratified<T>(
        this IDataset<T> dataset, IReadOnlyList<int> labels, double share, ulong seed)
    {
        if (!(share > 0 && share < 1))
        {
            throw new ConfigException(FormattableString.Invariant(
                $"Dataset.SplitStratified: the share must be above 0 and below 1, but is {share}."));
        }
        if (labels.Count != dataset.Count)
        {
            throw new ConfigException(FormattableString.Invariant(
                $"Dataset.SplitStratified: there are {labels.Count} labels for {dataset.Count} examples; give one for each."));
        }
        List<long> first = [], second = [];
        foreach (IGrouping<int, int> members in Enumerable.Range(0, labels.Count).GroupBy(i => labels[i]).OrderBy(group => group.Key))
        {
            int[] indices = [.. members];
            KeyedPermutation order = new(indices.Length, seed, (ulong)members.Key);
            int cut = (int)Math.Round(indices.Length * share, MidpointRounding.AwayFromZero);
            for (int i = 0; i < indices.Length; i++) (i < cut ? first : second).Add(indices[order[i]]);
        }
        if (dataset.Count > 0 && (first.Count == 0 || second.Count == 0))
        {
            throw new ConfigException(
                FormattableString.Invariant(
                    $"Dataset.SplitStratified: a share of {share} leaves a part of the {dataset.Count} examples empty. ") +
                "Give more examples or another share.");
        }
        first.Sort();
        second.Sort();
        return (dataset.Subset(first), dataset.Subset(second));
    }

    /// <summary>Throws unless an index is that of an example.</summary>
    internal static void CheckIndex(long index, long count)
    {
        if ((ulong)index >= (ulong)count)
            throw new IndexException(FormattableString.Invariant($"There is no example {index}; the dataset has {count}, from 0."));
    }

    private sealed class IndexedDataset<T>(long count, Func<long, T> get) : IDataset<T>
    {
        public long Count => count;

        public T Get(long index)
        {
            CheckIndex(index, count);
            return get(index);
        }
    }
}
