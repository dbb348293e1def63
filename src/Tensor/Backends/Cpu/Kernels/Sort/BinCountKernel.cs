using System.Numerics;

namespace MiniStack;

/// <summary>
/// How often each number occurs. A piece counts for itself, and adds its counts to the others': whole numbers, in any order.
/// </summary>
internal readonly struct BinCountKernel<T>(Operand<T> x, Tensor counts) : IWork where T : unmanaged, IBinaryInteger<T>
{
    /// <summary>Elements of one piece: so many that adding the counts of a few thousand bins is little work beside.</summary>
    public const int Elements = 1 << 17;

    public void Run(int piece)
    {
        (int start, int count) = Pieces.Range(piece, x.Count, Elements);
        using RowBuffer<long> buffer = new((int)counts.Count);
        Span<long> own = buffer.Span, all = counts.Raw<long>();
        own.Clear();
        Span<T> some = stackalloc T[Pieces.Block];
        for (int end = start + count; start < end; start += Pieces.Block)
            foreach (T number in x.Read(start, Math.Min(Pieces.Block, end - start), some)) own[int.CreateTruncating(number)]++;
        for (int bin = 0; bin < own.Length; bin++)
            if (own[bin] != 0) Interlocked.Add(ref all[bin], own[bin]);
    }
}
