using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MiniStack;

/// <summary>The product for a few rows of a, where reading b once is all the work: a vector against a matrix, or a small batch.</summary>
/// <remarks>
/// A register tile would walk down a panel of b, two lines of every row: one row is a page or more from the next, which
/// neither the prefetchers nor the address caches like. Here b is read as it lies, four rows at a time from left to right, and the
/// sums wait in the first-level cache. The order of every sum is that of the micro kernel, and so are the bits.
/// </remarks>
internal static unsafe class MatMulFewRows<TVector, T>
    where TVector : struct, IMatMulVector<TVector, T>
    where T : unmanaged
{
    /// <summary>Beyond these rows the micro kernel's registers win.</summary>
    public const int Most = 8;

    /// <summary>Columns whose sums are kept near: of eight rows, half of the first-level cache in F32.</summary>
    private const int Columns = 512;

    /// <summary>c = start + a·b.</summary>
    /// <param name="x">The product; b's neighbours along a row are neighbours in memory.</param>
    /// <param name="firstRow">First row of c.</param>
    /// <param name="rows">How many rows: at most <see cref="Most"/>.</param>
    /// <param name="firstColumn">First column of c.</param>
    /// <param name="columns">A multiple of two vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void Multiply(in MatMulOperands<T> x, int firstRow, int rows, int firstColumn, int columns)
    {
        byte* scratch = stackalloc byte[Most * Columns * sizeof(T) + 64];
        T* sums = (T*)(((nint)scratch + 63) & ~63);
        bool isCut = MatMulChain.IsCut(x.K);
        int depthBlock = isCut ? MatMulChain.Block(x.K) : x.K;
        for (int j = 0; j < columns; j += Columns)
        {
            // In memory of their own: rows of c that are pages apart would drive each other out of the cache.
            int count = Math.Min(Columns, columns - j), column = firstColumn + j;
            for (int i = 0; i < rows; i++)
            {
                T* sum = sums + i * count;
                if (!x.Accumulate) x.CopyBias(column, count, sum, count);
                else if (isCut) new Span<T>(sum, count).Clear();
                else new ReadOnlySpan<T>(x.C + (nint)(firstRow + i) * x.N + column, count).CopyTo(new Span<T>(sum, count));
            }
            T* c = x.C + (nint)firstRow * x.N + column;
            for (int p = 0; p == 0 || p < x.K; p += depthBlock)
            {
                if (p > 0) new Span<T>(sums, rows * count).Clear();
                Add(
                    new(x.A.At(firstRow, p), x.A.Row, x.A.Column), rows, Math.Min(depthBlock, x.K - p), x.B.At(p, column), x.B.Row, count,
                    sums);
                if (p > 0 || (isCut && x.Accumulate)) MatMulChain.Add<TVector, T>(sums, count, c, x.N, rows, count);
                else for (int i = 0; i < rows; i++)
                    new ReadOnlySpan<T>(sums + i * count, count).CopyTo(new Span<T>(c + (nint)i * x.N, count));
                if (!isCut) break;
            }
        }
    }

    private static void Add(in StridedMatrix<T> a, int rows, int depth, T* b, nint bRow, int columns, T* sums)
    {
        int p = 0;
        for (; p + 4 <= depth; p += 4)
        {
            nint next = p + 8 <= depth ? 4 * bRow : 0;
            FourRows(a.At(0, p), a.Row, a.Column, rows, b + p * bRow, bRow, next, columns, sums);
        }
        for (; p < depth; p++) OneRow(a.At(0, p), a.Row, rows, b + p * bRow, columns, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourRows(T* a, nint aRow, nint aColumn, int rows, T* b0, nint bRow, nint next, int columns, T* sums)
    {
        T* b1 = b0 + bRow, b2 = b1 + bRow, b3 = b2 + bRow;
        nint a2 = 2 * aColumn, a3 = 3 * aColumn;
        for (int j = 0; j < columns; j += 2 * TVector.Count)
        {
            TVector left0 = TVector.Load(b0 + j), right0 = TVector.Load(b0 + j + TVector.Count);
            TVector left1 = TVector.Load(b1 + j), right1 = TVector.Load(b1 + j + TVector.Count);
            TVector left2 = TVector.Load(b2 + j), right2 = TVector.Load(b2 + j + TVector.Count);
            TVector left3 = TVector.Load(b3 + j), right3 = TVector.Load(b3 + j + TVector.Count);
            Prefetch(b0 + j + next);
            Prefetch(b1 + j + next);
            Prefetch(b2 + j + next);
            Prefetch(b3 + j + next);
            T* x = a, sum = sums + j;
            for (int i = rows; i > 0; i--)
            {
                TVector left = TVector.Load(sum), right = TVector.Load(sum + TVector.Count), factor = TVector.Spread(*x);
                left = TVector.MultiplyAdd(factor, left0, left);
                right = TVector.MultiplyAdd(factor, right0, right);
                factor = TVector.Spread(x[aColumn]);
                left = TVector.MultiplyAdd(factor, left1, left);
                right = TVector.MultiplyAdd(factor, right1, right);
                factor = TVector.Spread(x[a2]);
                left = TVector.MultiplyAdd(factor, left2, left);
                right = TVector.MultiplyAdd(factor, right2, right);
                factor = TVector.Spread(x[a3]);
                left = TVector.MultiplyAdd(factor, left3, left);
                right = TVector.MultiplyAdd(factor, right3, right);
                left.Store(sum);
                right.Store(sum + TVector.Count);
                x += aRow;
                sum += columns;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneRow(T* a, nint aRow, int rows, T* b, int columns, T* sums)
    {
        for (int i = 0; i < rows; i++)
        {
            TVector factor = TVector.Spread(a[i * aRow]);
            T* sum = sums + i * columns;
            for (int j = 0; j < columns; j += TVector.Count)
                TVector.MultiplyAdd(factor, TVector.Load(b + j), TVector.Load(sum + j)).Store(sum + j);
        }
    }

    /// <summary>Both lines of two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(T* address)
    {
        if (!Sse.IsSupported) return;
        Sse.Prefetch1(address);
        Sse.Prefetch1(address + TVector.Count);
    }
}
