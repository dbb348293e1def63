namespace MiniStack.Data;

/// <summary>Says which example stands at each place of each epoch.</summary>
/// <remarks>
/// A function of its arguments alone, so that any worker can ask for any place, and a run can continue anywhere at no cost.
/// </remarks>
public interface ISampler
{
    /// <summary>Places of an epoch.</summary>
    long Count { get; }

    /// <summary>Examples of the dataset it was made for: a loader refuses another. Null when any will do.</summary>
    long? Examples => null;

    /// <summary>The index of the example at a place.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="place">0 … <see cref="Count"/> − 1.</param>
    long IndexOf(long epoch, long place);
}

/// <summary>The examples in their own order, each epoch.</summary>
/// <param name="count">How many there are.</param>
public sealed class SequentialSampler(long count) : ISampler
{
    /// <inheritdoc/>
    public long Count => count;

    /// <inheritdoc/>
    public long? Examples => count;

    /// <inheritdoc/>
    public long IndexOf(long epoch, long place) => place;
}

/// <summary>Each example once an epoch, in an order of its own for each epoch: a <see cref="KeyedPermutation"/>.</summary>
/// <param name="count">How many examples there are.</param>
/// <param name="seed">Which family of orders.</param>
public sealed class ShuffledSampler(long count, ulong seed) : ISampler
{
    /// <inheritdoc/>
    public long Count => count;

    /// <inheritdoc/>
    public long? Examples => count;

    /// <inheritdoc/>
    /// <remarks>Making the order costs a block of Philox and no table, so it is made anew: a kept one would need a lock.</remarks>
    public long IndexOf(long epoch, long place) => new KeyedPermutation(count, seed, (ulong)epoch)[place];
}
