using System.Numerics;

namespace MiniStack.Data;

/// <summary>A shuffled order of 0 … n − 1 that is computed place by place, and never stored.</summary>
/// <remarks>
/// A Feistel network (Luby and Rackoff 1988, doi:10.1137/0217022) permutes the numbers of a few bits: each round adds a random function
/// of one half to the other, which can be undone whatever the function is. The function is a block of Philox under the
/// key, so that place i costs the same in a shuffle of ten and of a trillion, takes no memory, and can be asked for alone: resuming in the
/// middle of an epoch is free. Numbers that are not below n are sent through again until one is (cycle walking, Black and Rogaway 2002,
/// doi:10.1007/3-540-45760-7_9), fewer than two passes on average, except for n up to 32, where there may be 64/n.
/// </remarks>
public sealed class KeyedPermutation
{
    /// <summary>Domain of the Philox blocks: apart from the streams of <see cref="Rng"/> and their splits.</summary>
    private const uint Domain = 0x53687566; // "Shuf"

    // Counted over many keys, halves of two bits prefer some orders of four or five numbers, even after eight rounds, and so do halves
    // of three bits after four rounds; with these, all orders are equally likely as far as a χ² test can see.
    private const int Rounds = 6, FewestBits = 6;

    private readonly ulong _key;
    private readonly int _leftBits, _rightBits;

    /// <summary>The order named by a seed and an epoch.</summary>
    /// <param name="count">n, from 0 to 2⁶².</param>
    /// <param name="seed">Which family of orders.</param>
    /// <param name="epoch">Which of them.</param>
    /// <exception cref="ConfigException">The count is negative or above 2⁶².</exception>
    public KeyedPermutation(long count, ulong seed, ulong epoch = 0)
    {
        if (count is < 0 or > 1L << 62)
            throw new ConfigException(FormattableString.Invariant($"KeyedPermutation: the count must be 0 to 2^62, but is {count}."));
        Count = count;
        _key = new Rng(seed).Split(epoch).Key;
        int bits = Math.Max(FewestBits, 64 - BitOperations.LeadingZeroCount((ulong)Math.Max(count - 1, 0)));
        _leftBits = bits / 2;
        _rightBits = bits - _leftBits;
    }

    /// <summary>How many numbers are in order.</summary>
    public long Count { get; }

    /// <summary>The number at a place.</summary>
    /// <param name="place">0 … <see cref="Count"/> − 1.</param>
    /// <exception cref="IndexException">There is no such place.</exception>
    public long this[long place]
    {
        get
        {
            Dataset.CheckIndex(place, Count);
            ulong number = (ulong)place;
            // The walk ends: a permutation leads back to its start, which is below Count.
            do number = Permute(number);
            while (number >= (ulong)Count);
            return (long)number;
        }
    }

    private ulong Permute(ulong number)
    {
        ulong leftMask = (1UL << _leftBits) - 1, rightMask = (1UL << _rightBits) - 1;
        ulong left = number >> _rightBits, right = number & rightMask;
        for (uint round = 0; round < Rounds; round += 2)
        {
            left ^= Random(right, round) & leftMask;
            right ^= Random(left, round + 1) & rightMask;
        }
        return (left << _rightBits) | right;
    }

    // A half has 31 bits at most, so that the round fits above it.
    private uint Random(ulong half, uint round) => Rng.Block(_key, half | ((ulong)round << 32), Domain).A;
}
