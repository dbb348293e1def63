using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MiniStack;

/// <summary>y[i, :] = table[indices[i], :].</summary>
internal readonly struct EmbeddingKernel<T>(Operand<T> table, Indices indices, Tensor y, int channels) : IWork where T : unmanaged
{
    // Whole rows are written, and what follows reads them at once: only an output that no cache holds goes past them.
    private readonly bool _streams = y.Storage.Bytes >= 4 * Streaming.Least && Streaming.Pays(y, channels);

    [SkipLocalsInit]
    public void Run(int piece)
    {
        (int first, int rows) = Pieces.Range(piece, indices.Count, Pieces.Rows(channels));
        Span<T> to = y.Raw<T>().Slice(first * channels, rows * channels);
        Span<int> numbers = stackalloc int[Pieces.Block];
        ReadOnlySpan<T> whole = table.IsContiguous ? table.Read(0, (int)table.Count, []) : [];
        for (int done = 0; done < rows; done += numbers.Length)
        {
            numbers = numbers[..Math.Min(numbers.Length, rows - done)];
            indices.CopyTo(first + done, numbers);
            for (int i = 0; i < numbers.Length; i++)
            {
                Span<T> row = to.Slice((done + i) * channels, channels);
                if (whole.IsEmpty)
                {
                    table.CopyTo((long)numbers[i] * channels, row);
                    continue;
                }
                ReadOnlySpan<T> from = whole.Slice(numbers[i] * channels, channels);
                if (_streams) Streaming.Copy(from, row);
                else Rows.Copy(from, row, whole.Slice(numbers[Math.Min(i + 1, numbers.Length - 1)] * channels, channels));
            }
        }
    }
}

/// <summary>
/// dtable[r, :] = Σ dy[i, :] over the i with indices[i] = r, in their order. A piece is some rows of the table, or some columns of them.
/// </summary>
internal readonly struct EmbeddingBackwardKernel<T> : IVectorWork<T> where T : unmanaged
{
    /// <summary>
    /// Groups of rows that are enough to share; of fewer, the columns are shared too, in runs of four cache lines of F32.
    /// </summary>
    private const int EnoughGroups = 16, FewColumns = 64;

    /// <summary>
    /// Rows that are added up in one chain: the sums of more go to sums in F64, as those of a long chain would lose digits.
    /// </summary>
    private const int LongestChain = 512;

    private readonly int[] _ends, _positions;
    private readonly Operand<T> _dy;
    private readonly Tensor _dtable;
    private readonly int _channels, _columnsAtOnce, _blocks, _groups;

    private EmbeddingBackwardKernel(int[] ends, int[] positions, Tensor dy, Tensor dtable)
    {
        (_ends, _positions, _dy, _dtable) = (ends, positions, new Operand<T>(dy), dtable);
        _channels = dtable.Shape[1];
        _groups = Pieces.Count(dtable.Shape[0], Pieces.Rows(_channels));
        _columnsAtOnce = _groups >= EnoughGroups ? Pieces.Block : FewColumns;
        _blocks = Pieces.Count(_channels, _columnsAtOnce);
    }

    public static void Run(Indices indices, Tensor dy, Tensor dtable)
    {
        int rows = dtable.Shape[0];
        int[] numbers = ArrayPool<int>.Shared.Rent(indices.Count), positions = ArrayPool<int>.Shared.Rent(indices.Count);
        int[] ends = ArrayPool<int>.Shared.Rent(rows + 1);
        Sort(indices, rows, numbers, positions, ends);
        var work = new EmbeddingBackwardKernel<T>(ends, positions, dy, dtable);
        VectorWork.For<T, EmbeddingBackwardKernel<T>>(checked(work._groups * work._blocks), work);
        foreach (int[] rented in (ReadOnlySpan<int[]>)[numbers, positions, ends]) ArrayPool<int>.Shared.Return(rented);
    }

    [SkipLocalsInit]
    public void Run<TVector, TDouble>(int piece)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        (int group, int block) = Math.DivRem(piece, _blocks);
        (int firstRow, int rows) = Pieces.Range(group, _dtable.Shape[0], Pieces.Rows(_channels));
        (int column, int columns) = Pieces.Range(block, _channels, _columnsAtOnce);
        Span<T> all = _dtable.Raw<T>(), buffer = stackalloc T[Pieces.Block];
        Span<double> totals = stackalloc double[Pieces.Block];
        int at = firstRow == 0 ? 0 : _ends[firstRow - 1], last = _ends[firstRow + rows - 1];
        for (int row = firstRow; row < firstRow + rows; row++)
        {
            Span<T> sum = all.Slice(row * _channels + column, columns);
            sum.Clear();
            int end = _ends[row], endOfChain = Math.Min(end, at + LongestChain);
            bool isLong = endOfChain < end;
            if (isLong) totals[..columns].Clear();
            while (true)
            {
                for (; at < endOfChain; at++)
                {
                    if (at + 1 < last && _dy.IsContiguous)
                        Rows.Fetch(_dy.Read((long)_positions[at + 1] * _channels + column, columns, buffer));
                    Add<TVector>(_dy.Read((long)_positions[at] * _channels + column, columns, buffer), sum);
                }
                if (!isLong) break;
                Sums.AddTo<T, TDouble>(sum, totals);
                sum.Clear();
                if (at == end) break;
                endOfChain = Math.Min(end, at + LongestChain);
            }
            for (int i = 0; isLong && i < columns; i++) sum[i] = Sums.FromDouble<T>(totals[i]);
        }
    }

    /// <summary>
    /// Counting sort, which keeps the order of equal indices: positions of row r end before ends[r] and start where those of r − 1 end.
    /// </summary>
    private static void Sort(Indices indices, int rows, int[] numbers, int[] positions, int[] ends)
    {
        Span<int> some = numbers.AsSpan(0, indices.Count);
        indices.CopyTo(0, some);
        Array.Clear(ends, 0, rows + 1);
        foreach (int number in some) ends[number + 1]++;
        for (int row = 1; row <= rows; row++) ends[row] += ends[row - 1]; // where each row starts; moved to its end below
        for (int i = 0; i < some.Length; i++) positions[ends[some[i]]++] = i;
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

/// <summary>Rows that are read in the order of indices.</summary>
file static class Rows
{
    /// <summary>to = from, asking for a line of the next row with each line that is copied.</summary>
    public static unsafe void Copy<T>(ReadOnlySpan<T> from, Span<T> to, ReadOnlySpan<T> next) where T : unmanaged
    {
        fixed (T* source = from, target = to, ahead = next)
        {
            int i = 0, line = 64 / sizeof(T);
            for (; i <= to.Length - line; i += line)
            {
                if (Sse.IsSupported) Sse.Prefetch0(ahead + i);
                Vector256<T> left = Vector256.Load(source + i), right = Vector256.Load(source + i + line / 2);
                left.Store(target + i);
                right.Store(target + i + line / 2);
            }
            for (; i < to.Length; i++) target[i] = source[i];
        }
    }

    /// <summary>Asks for the next row: it lies anywhere, no hardware foresees it.</summary>
    public static unsafe void Fetch<T>(ReadOnlySpan<T> row) where T : unmanaged
    {
        if (!Sse.IsSupported || row.IsEmpty) return;
        byte* start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(row));
        for (int at = 0; at < row.Length * sizeof(T); at += 64) Sse.Prefetch0(start + at);
    }
}
