using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace MiniStack;

/// <summary>y[i, :] = table[indices[i], :].</summary>
internal readonly struct EmbeddingKernel<T>(Operand<T> table, Indices indices, Tensor y, int channels) : IWork where T : unmanaged
{
    // Whole rows are written, and what follows reads them at once: only an output that no cache holds goes past them.
    private readonly bool _streams = y.Storage.Bytes >= 4 * Streaming.Least && table.HasWholeRows(channels) && Streaming.Pays(y, channels);

    public void Run(int piece)
    {
        (int first, int rows) = Pieces.Range(piece, indices.Count, Pieces.Rows(channels));
        Span<T> to = y.Raw<T>();
        for (int i = first; i < first + rows; i++)
        {
            Span<T> row = to.Slice(i * channels, channels);
            if (i + 1 < first + rows && table.IsContiguous) Fetch(table.Read((long)indices[i + 1] * channels, channels, row));
            if (_streams) Streaming.Copy(table.Read((long)indices[i] * channels, channels, row), row);
            else table.CopyTo((long)indices[i] * channels, row);
        }
    }

    /// <summary>The next row lies anywhere: no hardware foresees it.</summary>
    private static unsafe void Fetch(ReadOnlySpan<T> row)
    {
        if (!Sse.IsSupported || row.IsEmpty) return;
        byte* start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(row));
        for (int at = 0; at < row.Length * sizeof(T); at += 64) Sse.Prefetch0(start + at);
    }
}

/// <summary>dtable[indices[i], :] += dy[i, :]. A piece is some columns of all rows, so that the order of the indices is kept.</summary>
internal readonly struct EmbeddingBackwardKernel<T>(Indices indices, Operand<T> dy, Tensor dtable, int channels) : IVectorWork<T>
    where T : unmanaged
{
    /// <summary>Four cache lines of F32: short enough to share narrow tables, long enough to read in runs.</summary>
    public const int ColumnsAtOnce = 64;

    [SkipLocalsInit]
    public void Run<TVector, TDouble>(int piece)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        (int column, int columns) = Pieces.Range(piece, channels, ColumnsAtOnce);
        Span<T> all = dtable.Raw<T>(), buffer = stackalloc T[ColumnsAtOnce];
        for (int i = 0; i < indices.Count; i++)
            Add<TVector>(dy.Read((long)i * channels + column, columns, buffer), all.Slice(indices[i] * channels + column, columns));
    }

    private static void Add<TVector>(ReadOnlySpan<T> x, Span<T> y) where TVector : struct, IFloatVector<TVector, T>
    {
        ref T from = ref MemoryMarshal.GetReference(x), to = ref MemoryMarshal.GetReference(y);
        int i = 0;
        for (; i <= x.Length - TVector.Count; i += TVector.Count) (TVector.Load(in to, i) + TVector.Load(in from, i)).Store(ref to, i);
        for (; i < x.Length; i++)
            Unsafe.Add(ref to, i) = Sums.FromDouble<T>(Sums.ToDouble(Unsafe.Add(ref to, i)) + Sums.ToDouble(Unsafe.Add(ref from, i)));
    }
}
