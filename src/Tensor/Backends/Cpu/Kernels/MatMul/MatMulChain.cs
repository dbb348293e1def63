using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>In which order the terms of a product's sums are added.</summary>
/// <remarks>
/// <para>Up to <see cref="Longest"/> terms are one chain of multiply-adds. A longer chain loses digits: in F32, a sum of ones stands still
/// at 2²⁴. So beyond that, each block of the depth is a chain of its own, started from 0, whose sum is added to the total: the error grows
/// with the length of a block and the number of blocks, not with their product (Higham 2002, Accuracy and Stability of Numerical
/// Algorithms, 4.2).</para>
/// <para>And what has more than <see cref="Segment"/> terms is cut in two halves, again and again, whose products are added.</para>
/// <para>All of it follows from the depth alone: no cut for threads, caches or registers changes a bit.</para>
/// </remarks>
internal static unsafe class MatMulChain
{
    /// <summary>Terms of a single chain, at most.</summary>
    public const int Longest = 4096;

    /// <summary>Terms of one product, at most.</summary>
    public const int Segment = 1 << 14;

    /// <summary>Depth of a block, at most: b's panel and the piece's rows of a then fill half of a second-level cache of one MiB.</summary>
    public const int MostDepth = 512;

    /// <summary>Whether each block of the depth is a chain of its own.</summary>
    public static bool IsCut(long terms) => terms > Longest;

    /// <summary>Blocks of equal depth: a short last one would read and write all of c for little work.</summary>
    public static int Block(int k)
    {
        int blocks = Math.Max(1, (k + MostDepth - 1) / MostDepth);
        return Math.Max(1, (k + blocks - 1) / blocks);
    }

    /// <summary>total += sums, for some rows of some columns; the whole vectors of each row, and then what is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<TVector, T>(T* sums, nint sumsRow, T* total, nint totalRow, int rows, int columns)
        where TVector : struct, IMatMulVector<TVector, T>
        where T : unmanaged
    {
        TVector one = TVector.Spread(Sums.FromDouble<T>(1));
        for (int i = 0; i < rows; i++, sums += sumsRow, total += totalRow)
        {
            int j = 0;
            for (; j <= columns - TVector.Count; j += TVector.Count)
                TVector.MultiplyAdd(one, TVector.Load(sums + j), TVector.Load(total + j)).Store(total + j);
            for (; j < columns; j++) total[j] = Sums.FromDouble<T>(Sums.ToDouble(total[j]) + Sums.ToDouble(sums[j]));
        }
    }
}
