using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MiniStack;

/// <summary>Copies between any two layouts, converting the elements on the way.</summary>
internal static class Copier
{
    private const int Tile = 64;

    public static void Run<TFrom, TTo>(Tensor source, Tensor destination)
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : unmanaged, INumberBase<TTo>
    {
        if (destination.Count == 0) return;
        if (typeof(TFrom) == typeof(TTo) && source.IsContiguous && destination.IsContiguous)
        {
            CpuThreads.For(Pieces.Count(destination.Count), new BlockWork<TTo>(source, destination));
            return;
        }
        CopyPlan plan = new(source.Layout, destination.Layout);
        if (plan.SourceInner >= 0)
        {
            int strips = TransposeWork<TFrom, TTo>.Strips(plan);
            int pieces = Pieces.Count(strips, TransposeWork<TFrom, TTo>.StripsAtOnce(plan));
            CpuThreads.For(pieces, new TransposeWork<TFrom, TTo>(source, destination, plan));
        }
        else
        {
            CpuThreads.For(Pieces.Count(destination.Count), new RunsWork<TFrom, TTo>(source, destination, plan));
        }
    }

    public static void Fill<T>(Tensor destination, T value) where T : unmanaged =>
        CpuThreads.For(Pieces.Count(destination.Count), new FillWork<T>(destination, new Axes(destination.Layout), value));

    /// <summary>As the reference: integers to integers keep their low bits, everything else goes through F64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TTo Convert<TFrom, TTo>(TFrom value)
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : unmanaged, INumberBase<TTo>
    {
        if (typeof(TFrom) == typeof(TTo)) return Unsafe.BitCast<TFrom, TTo>(value);
        if (typeof(TTo) == typeof(sbyte)) return TFrom.IsZero(value) ? TTo.Zero : TTo.One; // Bool, in the guise of an I8; a byte is a U8
        if (IsFloat<TFrom>() || IsFloat<TTo>()) return TTo.CreateSaturating(double.CreateSaturating(value));
        return TTo.CreateTruncating(value);
    }

    /// <summary>F32 to I32, cut towards zero, NaN to 0: the library does it one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CutRun(ref float from, ref int to, int count)
    {
        int i = 0;
        for (; i <= count - Vector256<int>.Count; i += Vector256<int>.Count)
            Vector256.ConvertToInt32(Vector256.LoadUnsafe(ref from, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
        for (; i < count; i++) Unsafe.Add(ref to, i) = int.CreateSaturating(Unsafe.Add(ref from, i));
    }

    /// <summary>I64 to F32: through F64 it is rounded twice, and by the library once.</summary>
    private static bool IsRoundedTwice<TFrom, TTo>() => typeof(TFrom) == typeof(long) && typeof(TTo) == typeof(float);

    private static bool IsFloat<T>() => typeof(T) == typeof(float) || typeof(T) == typeof(double);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyRun<TFrom, TTo>(ref TFrom from, long fromStride, ref TTo to, long toStride, int count)
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : unmanaged, INumberBase<TTo>
    {
        if (typeof(TFrom) == typeof(TTo) && fromStride == 1 && toStride == 1)
        {
            MemoryMarshal.CreateReadOnlySpan(ref from, count).CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.As<TTo, TFrom>(ref to), count));
            return;
        }
        if (typeof(TFrom) != typeof(TTo) && typeof(TTo) != typeof(sbyte) && !IsRoundedTwice<TFrom, TTo>() && fromStride == 1
            && toStride == 1)
        {
            ReadOnlySpan<TFrom> run = MemoryMarshal.CreateReadOnlySpan(ref from, count);
            if (typeof(TFrom) == typeof(float) && typeof(TTo) == typeof(int))
                CutRun(ref Unsafe.As<TFrom, float>(ref from), ref Unsafe.As<TTo, int>(ref to), count);
            else if (IsFloat<TFrom>() || IsFloat<TTo>()) TensorPrimitives.ConvertSaturating(run, MemoryMarshal.CreateSpan(ref to, count));
            else TensorPrimitives.ConvertTruncating(run, MemoryMarshal.CreateSpan(ref to, count));
            return;
        }
        for (int i = 0; i < count; i++)
            Unsafe.Add(ref to, (nint)(i * toStride)) = Convert<TFrom, TTo>(Unsafe.Add(ref from, (nint)(i * fromStride)));
    }

    /// <summary>Pieces of one block that becomes another.</summary>
    private readonly struct BlockWork<T>(Tensor source, Tensor destination) : IWork where T : unmanaged
    {
        private readonly bool _streams = Streaming.Pays(destination);

        public void Run(int piece)
        {
            (int start, int count) = Pieces.Range(piece, destination.Count);
            ReadOnlySpan<T> from = source.Raw<T>().Slice(start, count);
            Span<T> to = destination.Raw<T>().Slice(start, count);
            if (_streams) Streaming.Copy(from, to);
            else from.CopyTo(to);
        }
    }

    /// <summary>Pieces of the destination in the plan's order, run by run of its innermost axis.</summary>
    private readonly struct RunsWork<TFrom, TTo>(Tensor source, Tensor destination, CopyPlan plan) : IWork
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : unmanaged, INumberBase<TTo>
    {
        public void Run(int piece)
        {
            ref TFrom from = ref MemoryMarshal.GetReference(source.Raw<TFrom>());
            ref TTo to = ref MemoryMarshal.GetReference(destination.Raw<TTo>());
            (int start, int count) = Pieces.Range(piece, destination.Count);
            int inner = plan.Rank - 1;
            Span<long> index = stackalloc long[plan.Rank];
            long rest = start, fromAt = 0, toAt = 0;
            for (int axis = inner; axis >= 0; axis--)
            {
                (rest, index[axis]) = Math.DivRem(rest, plan.Sizes[axis]);
                fromAt += index[axis] * plan.From[axis];
                toAt += index[axis] * plan.To[axis];
            }
            while (true)
            {
                int run = (int)Math.Min(plan.Sizes[inner] - index[inner], count);
                CopyRun(ref Unsafe.Add(ref from, (nint)fromAt), plan.From[inner], ref Unsafe.Add(ref to, (nint)toAt), plan.To[inner], run);
                count -= run;
                if (count == 0) return;
                fromAt -= index[inner] * plan.From[inner];
                toAt -= index[inner] * plan.To[inner];
                index[inner] = 0;
                for (int axis = inner - 1; axis >= 0; axis--)
                {
                    fromAt += plan.From[axis];
                    toAt += plan.To[axis];
                    if (++index[axis] < plan.Sizes[axis]) break;
                    fromAt -= plan.Sizes[axis] * plan.From[axis];
                    toAt -= plan.Sizes[axis] * plan.To[axis];
                    index[axis] = 0;
                }
            }
        }
    }

    /// <summary>
    /// A transpose, tile by tile, so that every cache line that is touched is used up while it is near. A strip is as many rows
    /// of the destination as a tile is high.
    /// </summary>
    private readonly struct TransposeWork<TFrom, TTo>(Tensor source, Tensor destination, CopyPlan plan) : IWork
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : unmanaged, INumberBase<TTo>
    {
        private readonly int _square =
            typeof(TFrom) == typeof(TTo) && Unsafe.SizeOf<TTo>() == 4 && plan.To[plan.Rank - 1] == 1 ? Transposer.Size : 0;

        // What lies on cache lines at its start does so at every square of 16 when the rows are whole lines apart.
        private readonly bool _streams = destination.IsContiguous && Streaming.Pays(destination, (int)plan.Sizes[plan.Rank - 1]);

        /// <summary>Strips of the whole copy.</summary>
        public static int Strips(CopyPlan plan)
        {
            long matrices = 1;
            for (int axis = 0; axis < plan.Rank - 1; axis++) if (axis != plan.SourceInner) matrices *= plan.Sizes[axis];
            return checked((int)(matrices * Pieces.Count(plan.Sizes[plan.SourceInner], Tile)));
        }

        public static int StripsAtOnce(CopyPlan plan) => (int)Math.Max(1, Pieces.Elements / (Tile * plan.Sizes[plan.Rank - 1]));

        public void Run(int piece)
        {
            ref TFrom from = ref MemoryMarshal.GetReference(source.Raw<TFrom>());
            ref TTo to = ref MemoryMarshal.GetReference(destination.Raw<TTo>());
            (int first, int count) = Pieces.Range(piece, Strips(plan), StripsAtOnce(plan));
            int stripsOfMatrix = Pieces.Count(plan.Sizes[plan.SourceInner], Tile);
            for (int strip = first; strip < first + count; strip++)
            {
                (long matrix, long inMatrix) = Math.DivRem(strip, stripsOfMatrix);
                (int row, int rows) = Pieces.Range((int)inMatrix, plan.Sizes[plan.SourceInner], Tile);
                long fromAt = row, toAt = row * plan.To[plan.SourceInner];
                for (int axis = plan.Rank - 2; axis >= 0; axis--)
                {
                    if (axis == plan.SourceInner) continue;
                    (matrix, long along) = Math.DivRem(matrix, plan.Sizes[axis]);
                    fromAt += along * plan.From[axis];
                    toAt += along * plan.To[axis];
                }
                CopyStrip(ref Unsafe.Add(ref from, (nint)fromAt), ref Unsafe.Add(ref to, (nint)toAt), rows);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void CopyStrip(ref TFrom from, ref TTo to, int rows)
        {
            int columns = (int)plan.Sizes[plan.Rank - 1];
            nint fromStride = (nint)plan.From[plan.Rank - 1], toStride = (nint)plan.To[plan.Rank - 1];
            nint rowStride = (nint)plan.To[plan.SourceInner];
            for (int left = 0; left < columns; left += Tile)
            {
                int width = Math.Min(Tile, columns - left), wholeRows = 0, wholeColumns = 0;
                ref TFrom read = ref Unsafe.Add(ref from, left * fromStride);
                ref TTo write = ref Unsafe.Add(ref to, left * toStride);
                if (_square > 0)
                {
                    (wholeRows, wholeColumns) = (rows - rows % _square, width - width % _square);
                    for (int row = 0; row < wholeRows; row += _square)
                    {
                        for (int i = 0; i < wholeColumns; i += _square)
                        {
                            Transposer.Square(
                                ref Unsafe.As<TFrom, int>(ref Unsafe.Add(ref read, i * fromStride + row)), fromStride,
                                ref Unsafe.As<TTo, int>(ref Unsafe.Add(ref write, i + row * rowStride)), rowStride, _streams);
                        }
                    }
                }
                // What the squares leave: the right of their rows, and the rows below.
                for (int row = 0; row < rows; row++)
                {
                    for (int i = row < wholeRows ? wholeColumns : 0; i < width; i++)
                    {
                        Unsafe.Add(ref write, i * toStride + row * rowStride) = Convert<TFrom, TTo>(
                            Unsafe.Add(ref read, i * fromStride + row));
                    }
                }
            }
        }
    }

    private readonly struct FillWork<T>(Tensor destination, Axes axes, T value) : IWork where T : unmanaged
    {
        // Nothing is read, so that a block that has the caches to itself may stay there.
        private readonly bool _streams =
            destination.IsContiguous && destination.Storage.Bytes >= 4 * Streaming.Least && Streaming.Pays(destination);

        public void Run(int piece)
        {
            Span<T> all = destination.Raw<T>();
            (int start, int count) = Pieces.Range(piece, destination.Count);
            AxesCursor cursor = new(axes, start, stackalloc long[axes.Rank]);
            long stride = axes.Strides[^1];
            while (true)
            {
                int run = (int)Math.Min(cursor.LeftInRun, count), at = (int)cursor.Position;
                if (_streams) Streaming.Fill(all.Slice(at, run), value);
                else if (stride == 1) all.Slice(at, run).Fill(value);
                else for (int i = 0; i < run; i++) all[(int)(at + i * stride)] = value;
                count -= run;
                if (count == 0) return;
                cursor.NextRun();
            }
        }
    }
}
