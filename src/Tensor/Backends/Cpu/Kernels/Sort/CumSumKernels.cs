using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MiniStack;

/// <summary>Running sums of <typeparamref name="T"/>, accumulated in <typeparamref name="TSum"/>.</summary>
internal interface IPrefix<T, TSum>
{
    /// <summary>Σ x.</summary>
    static abstract TSum Total(ReadOnlySpan<T> x);

    /// <summary>y = carry + the sum of x up to each element, or from it to the end.</summary>
    static abstract void Scan(ReadOnlySpan<T> x, TSum carry, bool reverse, Span<T> y);

    /// <summary>sums += x, element by element; y = sums.</summary>
    static abstract void Add(ReadOnlySpan<T> x, Span<TSum> sums, Span<T> y);
}

/// <summary>Integers, which wrap around.</summary>
internal readonly struct IntegerPrefix<T> : IPrefix<T, T> where T : unmanaged, IBinaryInteger<T>
{
    public static T Total(ReadOnlySpan<T> x) => TensorPrimitives.Sum(x);

    public static void Scan(ReadOnlySpan<T> x, T carry, bool reverse, Span<T> y)
    {
        if (reverse)
        {
            for (int i = y.Length - 1; i >= 0; i--) y[i] = unchecked(carry += x[i]);
            return;
        }
        for (int i = 0; i < y.Length; i++) y[i] = unchecked(carry += x[i]);
    }

    public static void Add(ReadOnlySpan<T> x, Span<T> sums, Span<T> y)
    {
        TensorPrimitives.Add(sums, x, sums);
        sums.CopyTo(y);
    }
}

/// <summary>F32 and F64, in F64.</summary>
internal readonly struct FloatPrefix<T> : IPrefix<T, double> where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int Lanes = 4;

    public static double Total(ReadOnlySpan<T> x) =>
        Vector512.IsHardwareAccelerated ? Sums.Sum<T, Wide512<double>>(x)
        : Vector256.IsHardwareAccelerated ? Sums.Sum<T, Wide256<double>>(x)
        : Sums.Sum<T, Wide128<double>>(x);

    public static void Scan(ReadOnlySpan<T> x, double carry, bool reverse, Span<T> y)
    {
        Span<T> end = stackalloc T[Lanes];
        int whole = y.Length - y.Length % Lanes, rest = y.Length - whole;
        // The elements that fill no vector go through the same formula, padded with zeros behind them.
        if (!reverse)
        {
            carry = Vectors(x[..whole], carry, reverse, y);
            x[whole..].CopyTo(end);
            Vectors(end, carry, reverse, end);
            end[..rest].CopyTo(y[whole..]);
            return;
        }
        carry = Vectors(x[rest..], carry, reverse, y[rest..]);
        x[..rest].CopyTo(end[(Lanes - rest)..]);
        Vectors(end, carry, reverse, end);
        end[(Lanes - rest)..].CopyTo(y);
    }

    public static void Add(ReadOnlySpan<T> x, Span<double> sums, Span<T> y)
    {
        if (Vector512.IsHardwareAccelerated) Sums.AddTo<T, Wide512<double>>(x, sums);
        else if (Vector256.IsHardwareAccelerated) Sums.AddTo<T, Wide256<double>>(x, sums);
        else Sums.AddTo<T, Wide128<double>>(x, sums);
        TensorPrimitives.ConvertTruncating<double, T>(sums, y);
    }

    /// <summary>Four at a time: each lane gets those before it in two steps, and the carry waits for one addition only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Vectors(ReadOnlySpan<T> x, double carry, bool reverse, Span<T> y)
    {
        ref T from = ref MemoryMarshal.GetReference(x), to = ref MemoryMarshal.GetReference(y);
        Vector256<double> sum = Vector256.Create(carry);
        if (reverse)
        {
            for (int i = x.Length - Lanes; i >= 0; i -= Lanes)
            {
                Vector256<double> v = Load(ref from, i);
                v += Vector256.Shuffle(v, Vector256.Create(1L, 2, 3, 4)); // 4 is no lane: 0
                v += Vector256.Shuffle(v, Vector256.Create(2L, 3, 4, 4));
                Store(v + sum, ref to, i);
                sum += Vector256.Shuffle(v, Vector256<long>.Zero);
            }
            return sum.ToScalar();
        }
        for (int i = 0; i < x.Length; i += Lanes)
        {
            Vector256<double> v = Load(ref from, i);
            v += Vector256.Shuffle(v, Vector256.Create(4L, 0, 1, 2));
            v += Vector256.Shuffle(v, Vector256.Create(4L, 4, 0, 1));
            Store(v + sum, ref to, i);
            sum += Vector256.Shuffle(v, Vector256.Create(3L));
        }
        return sum.ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Load(ref T from, int i)
    {
        if (typeof(T) == typeof(double)) return Vector256.LoadUnsafe(ref from, (nuint)i).AsDouble();
        Vector128<float> four = Vector128.LoadUnsafe(ref from, (nuint)i).AsSingle();
        return Vector256.WidenLower(four.ToVector256Unsafe());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<double> v, ref T to, int i)
    {
        if (typeof(T) == typeof(double)) v.As<double, T>().StoreUnsafe(ref to, (nuint)i);
        else Vector256.Narrow(v, v).GetLower().As<float, T>().StoreUnsafe(ref to, (nuint)i);
    }
}

/// <summary>Sums along one axis: row by row in chunks where it is the last, else over many columns at once.</summary>
internal static class CumSums<T, TSum, TPrefix>
    where T : unmanaged
    where TSum : unmanaged, INumber<TSum>
    where TPrefix : struct, IPrefix<T, TSum>
{
    private const int Chunk = Pieces.Elements, Columns = 256;

    public static void Run(Tensor x, int axis, bool reverse, Tensor y)
    {
        int length = x.Shape[axis], inner = (int)x.Shape[(axis + 1)..].Count, rows = (int)(y.Count / length / inner);
        if (inner > 1)
        {
            CpuThreads.For(checked(rows * Pieces.Count(inner, Columns)), new ColumnWork(new(x), length, inner, reverse, y));
            return;
        }
        if (length <= Chunk)
        {
            CpuThreads.For(Pieces.Count(rows, Pieces.Rows(length)), new RowWork(new(x), length, reverse, y));
            return;
        }
        int chunks = Pieces.Count(length, Chunk), all = checked(rows * chunks);
        TSum[] carries = ArrayPool<TSum>.Shared.Rent(all);
        CpuThreads.For(all, new TotalWork(new(x), length, chunks, reverse, carries));
        for (int first = 0; first < all; first += chunks)
        {
            TSum sum = TSum.Zero;
            foreach (ref TSum carry in carries.AsSpan(first, chunks)) (carry, sum) = (sum, unchecked(sum + carry));
        }
        CpuThreads.For(all, new ChunkWork(new(x), length, chunks, reverse, carries, y));
        ArrayPool<TSum>.Shared.Return(carries);
    }

    /// <summary>First element and size of a chunk of a row; they are counted from the end that the sum begins at.</summary>
    private static (long Start, int Count) ChunkOf(int piece, int length, int chunks, bool reverse)
    {
        (int start, int count) = Pieces.Range(piece % chunks, length, Chunk);
        return ((long)(piece / chunks) * length + (reverse ? length - start - count : start), count);
    }

    private readonly struct RowWork(Operand<T> x, int length, bool reverse, Tensor y) : IWork
    {
        public void Run(int piece)
        {
            (int first, int rows) = Pieces.Range(piece, y.Count / length, Pieces.Rows(length));
            using RowBuffer<T> buffer = new(x.HasWholeRows(length) ? 0 : length);
            for (int row = first; row < first + rows; row++)
                TPrefix.Scan(x.Read((long)row * length, length, buffer.Span), TSum.Zero, reverse, y.Raw<T>().Slice(row * length, length));
        }
    }

    private readonly struct TotalWork(Operand<T> x, int length, int chunks, bool reverse, TSum[] totals) : IWork
    {
        public void Run(int piece)
        {
            (long start, int count) = ChunkOf(piece, length, chunks, reverse);
            using RowBuffer<T> buffer = new(x.IsContiguous ? 0 : count);
            totals[piece] = TPrefix.Total(x.Read(start, count, buffer.Span));
        }
    }

    private readonly struct ChunkWork(Operand<T> x, int length, int chunks, bool reverse, TSum[] carries, Tensor y) : IWork
    {
        public void Run(int piece)
        {
            (long start, int count) = ChunkOf(piece, length, chunks, reverse);
            using RowBuffer<T> buffer = new(x.IsContiguous ? 0 : count);
            TPrefix.Scan(x.Read(start, count, buffer.Span), carries[piece], reverse, y.Raw<T>().Slice((int)start, count));
        }
    }

    private readonly struct ColumnWork(Operand<T> x, int length, int inner, bool reverse, Tensor y) : IWork
    {
        public void Run(int piece)
        {
            (int row, int block) = Math.DivRem(piece, Pieces.Count(inner, Columns));
            (int column, int count) = Pieces.Range(block, inner, Columns);
            Span<TSum> sums = stackalloc TSum[count];
            sums.Clear();
            Span<T> buffer = stackalloc T[count];
            for (int i = 0; i < length; i++)
            {
                int at = (row * length + (reverse ? length - 1 - i : i)) * inner + column;
                TPrefix.Add(x.Read(at, count, buffer), sums, y.Raw<T>().Slice(at, count));
            }
        }
    }
}
