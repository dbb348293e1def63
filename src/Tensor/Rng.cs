using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>Everything an <see cref="Rng"/> needs to continue: which stream, and how many 32-bit words were taken from it.</summary>
/// <param name="Key">The stream.</param>
/// <param name="Position">Words of 32 bits consumed.</param>
public readonly record struct RngState(ulong Key, ulong Position);

/// <summary>A counter-based random number generator, Philox 4×32-10: the same stream on every device and thread count.</summary>
/// <remarks>
/// Word i of a stream is a function of (key, i) alone, so that any thread can compute any part of it, the state is two
/// numbers, and independent streams are split off by key. Salmon et al. 2011, "Parallel Random Numbers: As Easy as
/// 1, 2, 3", doi:10.1145/2063384.2063405.
/// </remarks>
public sealed class Rng
{
    private readonly uint[] _words = new uint[4];
    private ulong _cachedBlock = ulong.MaxValue;
    private ulong _position;

    /// <summary>A stream named by its seed.</summary>
    public Rng(ulong seed) => Key = seed;

    /// <summary>A stream that continues where <paramref name="state"/> was taken.</summary>
    public Rng(RngState state) => Set(state);

    /// <summary>Which stream this is.</summary>
    public ulong Key { get; private set; }

    /// <summary>What to save to continue the stream later.</summary>
    public RngState State => new(Key, _position);

    /// <summary>Continues where <paramref name="state"/> was taken, as another stream if it says so.</summary>
    public void Restore(RngState state)
    {
        if (RngRecording.AnyOpen) RngRecording.Note(this, words: 0);
        Set(state);
    }

    /// <summary>An independent stream, a function of this stream's key and <paramref name="index"/> only.</summary>
    public Rng Split(ulong index)
    {
        (uint a, uint b, _, _) = Block(Key, index, domain: 0x53706C69); // "Spli": apart from the blocks of the stream itself
        return new Rng(((ulong)b << 32) | a);
    }

    /// <summary>The next 32 random bits.</summary>
    public uint NextUInt32()
    {
        if (RngRecording.AnyOpen) RngRecording.Note(this, words: 1);
        ulong block = _position / 4;
        if (block != _cachedBlock)
        {
            (_words[0], _words[1], _words[2], _words[3]) = Block(Key, block);
            _cachedBlock = block;
        }
        return _words[_position++ % 4];
    }

    /// <summary>A whole number from 0 to <paramref name="exclusiveMax"/> − 1, each equally likely.</summary>
    /// <exception cref="ArgumentOutOfRangeException">exclusiveMax is not positive.</exception>
    public int Next(int exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMax);
        // Lemire 2019, arXiv:1805.10941: multiply instead of divide, and reject the few words that would bias the result.
        uint range = (uint)exclusiveMax, threshold = (0u - range) % range;
        ulong product;
        do product = (ulong)NextUInt32() * range;
        while ((uint)product < threshold);
        return (int)(product >> 32);
    }

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public double NextDouble() => ((((ulong)NextUInt32() << 32) | NextUInt32()) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Sets aside <paramref name="words"/> words for a kernel and returns the first block of four that it may use.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public ulong Reserve(long words)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(words);
        if (RngRecording.AnyOpen) RngRecording.Note(this, words);
        ulong block = (_position + 3) / 4;
        _position = (block + ((ulong)words + 3) / 4) * 4;
        return block;
    }

    /// <summary>As <see cref="Restore"/>, unseen by any <see cref="RngRecording"/>.</summary>
    internal void Set(RngState state) => (Key, _position, _cachedBlock) = (state.Key, state.Position, ulong.MaxValue);

    /// <summary>The four words of one block: ten rounds of multiply, exchange and add a Weyl constant to the key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (uint A, uint B, uint C, uint D) Block(ulong key, ulong counter, uint domain = 0)
    {
        uint c0 = (uint)counter, c1 = (uint)(counter >> 32), c2 = domain, c3 = 0;
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (int round = 0; round < 10; round++)
        {
            ulong product0 = 0xD2511F53UL * c0, product1 = 0xCD9E8D57UL * c2;
            (c0, c1, c2, c3) = ((uint)(product1 >> 32) ^ c1 ^ k0, (uint)product1, (uint)(product0 >> 32) ^ c3 ^ k1, (uint)product0);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
        return (c0, c1, c2, c3);
    }

    /// <summary>A word as a number in [0, 1) with 24 bits: exact in F32, so equal on every device.</summary>
    public static float ToUnit(uint word) => (word >> 8) * (1f / (1 << 24));
}
