using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>y[i] = f(x[i]) over spans.</summary>
internal interface IMap<TIn, TOut>
{
    static abstract void Apply(ReadOnlySpan<TIn> x, Span<TOut> y);
}

/// <summary>y[i] = f(a[i], b[i]) over spans; y may be a.</summary>
internal interface IMap2<TIn, TOut>
{
    static abstract void Apply(ReadOnlySpan<TIn> a, ReadOnlySpan<TIn> b, Span<TOut> y);
}

/// <summary>Runs maps over tensors: cuts the output into pieces for the threads, and brings the inputs into rows.</summary>
internal static class Elementwise
{
    public static void Run<TIn, TOut, TMap>(Tensor x, Tensor y)
        where TIn : unmanaged
        where TOut : unmanaged
        where TMap : struct, IMap<TIn, TOut> =>
        CpuThreads.For(Pieces.Count(y.Count), new Work1<TIn, TOut, TMap>(new Operand<TIn>(x), y));

    public static void Run<TIn, TOut, TMap>(Tensor a, Tensor b, Tensor y)
        where TIn : unmanaged
        where TOut : unmanaged
        where TMap : struct, IMap2<TIn, TOut> =>
        CpuThreads.For(Pieces.Count(y.Count), new Work2<TIn, TOut, TMap>(new Operand<TIn>(a), new Operand<TIn>(b), y));

    public static void Where<T>(Tensor condition, Tensor a, Tensor b, Tensor y) where T : unmanaged =>
        CpuThreads.For(
            Pieces.Count(y.Count), new WhereWork<T>(new Operand<byte>(condition), new Operand<T>(a), new Operand<T>(b), y));

    private readonly struct Work1<TIn, TOut, TMap>(Operand<TIn> x, Tensor y) : IWork
        where TIn : unmanaged
        where TOut : unmanaged
        where TMap : struct, IMap<TIn, TOut>
    {
        [SkipLocalsInit]
        public void Run(int piece)
        {
            (int start, int count) = Pieces.Range(piece, y.Count);
            Span<TOut> to = y.Raw<TOut>().Slice(start, count);
            if (x.IsContiguous)
            {
                TMap.Apply(x.Read(start, count, []), to);
                return;
            }
            Span<TIn> buffer = stackalloc TIn[Pieces.Block];
            for (int i = 0; i < count; i += Pieces.Block)
            {
                int length = Math.Min(Pieces.Block, count - i);
                TMap.Apply(x.Read(start + i, length, buffer), to.Slice(i, length));
            }
        }
    }

    private readonly struct Work2<TIn, TOut, TMap>(Operand<TIn> a, Operand<TIn> b, Tensor y) : IWork
        where TIn : unmanaged
        where TOut : unmanaged
        where TMap : struct, IMap2<TIn, TOut>
    {
        [SkipLocalsInit]
        public void Run(int piece)
        {
            (int start, int count) = Pieces.Range(piece, y.Count);
            Span<TOut> to = y.Raw<TOut>().Slice(start, count);
            if (a.IsContiguous && b.IsContiguous)
            {
                TMap.Apply(a.Read(start, count, []), b.Read(start, count, []), to);
                return;
            }
            Span<TIn> bufferA = stackalloc TIn[Pieces.Block], bufferB = stackalloc TIn[Pieces.Block];
            for (int i = 0; i < count; i += Pieces.Block)
            {
                int length = Math.Min(Pieces.Block, count - i);
                TMap.Apply(a.Read(start + i, length, bufferA), b.Read(start + i, length, bufferB), to.Slice(i, length));
            }
        }
    }

    private readonly struct WhereWork<T>(Operand<byte> condition, Operand<T> a, Operand<T> b, Tensor y) : IWork
        where T : unmanaged
    {
        [SkipLocalsInit]
        public void Run(int piece)
        {
            (int start, int count) = Pieces.Range(piece, y.Count);
            Span<T> to = y.Raw<T>().Slice(start, count);
            Span<byte> conditions = stackalloc byte[Pieces.Block];
            Span<T> bufferA = stackalloc T[Pieces.Block], bufferB = stackalloc T[Pieces.Block];
            for (int i = 0; i < count; i += Pieces.Block)
            {
                int length = Math.Min(Pieces.Block, count - i);
                VectorLoops.Select(
                    condition.Read(start + i, length, conditions),
                    a.Read(start + i, length, bufferA),
                    b.Read(start + i, length, bufferB),
                    to.Slice(i, length));
            }
        }
    }
}
