namespace MiniStack;

/// <summary>How kernels cut their work. The cuts depend on sizes only, never on the thread count.</summary>
internal static class Pieces
{
    /// <summary>Elements of one piece: some microseconds of work, so that sharing pays, and small tensors are one piece.</summary>
    public const int Elements = 16384;

    /// <summary>
    /// Elements that are gathered at once from a tensor that does not lie row by row: small enough for the nearest cache.
    /// </summary>
    public const int Block = 1024;

    /// <summary>Pieces of <paramref name="size"/> that hold <paramref name="count"/>.</summary>
    public static int Count(long count, int size = Elements) => (int)((count + size - 1) / size);

    /// <summary>First element and number of elements of a piece.</summary>
    public static (int Start, int Count) Range(int piece, long total, int size = Elements)
    {
        long start = (long)piece * size;
        return ((int)start, (int)Math.Min(size, total - start));
    }

    /// <summary>Rows of <paramref name="length"/> elements that make a piece.</summary>
    public static int Rows(long length) => (int)Math.Max(1, Elements / Math.Max(length, 1));
}
