namespace MiniStack.Data;

/// <summary>Examples that can be had in any order: a map from 0 … <see cref="Count"/> − 1 to examples.</summary>
/// <typeparam name="T">An example, made of plain arrays rather than tensors: it is made on any thread, outside of any scope.</typeparam>
/// <remarks>
/// Background workers call <see cref="Get"/> at the same time, so it must be safe to do so, and must give the same example each time.
/// </remarks>
public interface IDataset<out T>
{
    /// <summary>How many examples there are.</summary>
    long Count { get; }

    /// <summary>One example.</summary>
    /// <param name="index">0 … <see cref="Count"/> − 1.</param>
    /// <exception cref="IndexException">There is no such example.</exception>
    T Get(long index);
}

/// <summary>Examples that come one after the other, such as the lines of a file that is too large to be indexed.</summary>
/// <typeparam name="T">An example.</typeparam>
public interface IStreamingDataset<out T>
{
    /// <summary>The examples from number <paramref name="first"/> on, the same at every call.</summary>
    /// <param name="first">Examples that are passed over, so that a run can continue where it stopped.</param>
    /// <exception cref="DataException">Something is wrong with the data at that place.</exception>
    IEnumerable<T> ReadFrom(long first = 0);

    /// <summary>The examples of an epoch: as <see cref="ReadFrom"/>, unless the stream has an order of its own for each.</summary>
    /// <param name="epoch">From 0; the order of epoch 0 is that of <see cref="ReadFrom"/>.</param>
    /// <param name="first">Examples of this epoch that are passed over.</param>
    /// <exception cref="DataException">Something is wrong with the data at that place.</exception>
    IEnumerable<T> ReadEpoch(long epoch, long first = 0) => ReadFrom(first);
}
