using System.Buffers;
using System.Runtime.CompilerServices;

namespace MiniStack;

internal sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Sum(Tensor x, Tensor y)
    {
        if (x.DType.IsHalf())
        {
            _widened.Sum(x, y);
            return;
        }
        switch (x.DType)
        {
            case DType.F32: Reducer.Run<float, double, FloatSum<float>>(x, y); break;
            case DType.F64: Reducer.Run<double, double, FloatSum<double>>(x, y); break;
            case DType.I64: Reducer.Run<long, long, IntegerSum<long>>(x, y); break;
            case DType.I32: Reducer.Run<int, int, IntegerSum<int>>(x, y); break;
            default: throw Unknown(x.DType);
        }
    }

    /// <inheritdoc/>
    public override void Max(Tensor x, Tensor y)
    {
        if (x.DType.IsHalf())
        {
            _widened.Max(x, y);
            return;
        }
        switch (x.DType)
        {
            case DType.F32: Reducer.Run<float, float, MaxReduction<float>>(x, y); break;
            case DType.F64: Reducer.Run<double, double, MaxReduction<double>>(x, y); break;
            case DType.I64: Reducer.Run<long, long, MaxReduction<long>>(x, y); break;
            case DType.U8: Reducer.Run<byte, byte, MaxReduction<byte>>(x, y); break;
            case DType.I32: Reducer.Run<int, int, MaxReduction<int>>(x, y); break;
            default: throw Unknown(x.DType);
        }
    }

    /// <inheritdoc/>
    public override void Min(Tensor x, Tensor y)
    {
        if (x.DType.IsHalf())
        {
            _widened.Min(x, y);
            return;
        }
        switch (x.DType)
        {
            case DType.F32: Reducer.Run<float, float, MinReduction<float>>(x, y); break;
            case DType.F64: Reducer.Run<double, double, MinReduction<double>>(x, y); break;
            case DType.I64: Reducer.Run<long, long, MinReduction<long>>(x, y); break;
            case DType.U8: Reducer.Run<byte, byte, MinReduction<byte>>(x, y); break;
            case DType.I32: Reducer.Run<int, int, MinReduction<int>>(x, y); break;
            default: throw Unknown(x.DType);
        }
    }

    /// <inheritdoc/>
    public override void ArgMax(Tensor x, Tensor y)
    {
        if (x.DType.IsHalf())
        {
            _widened.ArgMax(x, y);
            return;
        }
        if (y.Count == 0) return;
        if (x.Count > Array.MaxLength && x.Strides[^1] == 0) x = x.Slice(-1, 0, 1); // the first of equal ones
        int length = x.Shape[^1], pieces = Pieces.Count(y.Count, Pieces.Rows(length));
        switch (x.DType)
        {
            case DType.F32: CpuThreads.For(pieces, new ArgMaxKernel<float>(new(x), y, length)); break;
            case DType.F64: CpuThreads.For(pieces, new ArgMaxKernel<double>(new(x), y, length)); break;
            case DType.I64: CpuThreads.For(pieces, new ArgMaxKernel<long>(new(x), y, length)); break;
            case DType.U8: CpuThreads.For(pieces, new ArgMaxKernel<byte>(new(x), y, length)); break;
            case DType.I32: CpuThreads.For(pieces, new ArgMaxKernel<int>(new(x), y, length)); break;
            default: throw Unknown(x.DType);
        }
    }

    /// <inheritdoc/>
    public override double SquaredNorm(ReadOnlySpan<Tensor> tensors)
    {
        double sum = 0;
        foreach (Tensor x in tensors) sum += SumOfSquares(x);
        return sum;
    }

    private double SumOfSquares(Tensor x)
    {
        if (x.DType.IsHalf()) return _widened.SquaredNorm([x]);
        int pieces = Pieces.Count(x.Count);
        double[] partial = ArrayPool<double>.Shared.Rent(Math.Max(pieces, 1));
        if (IsF32(x.DType)) VectorWork.For<float, SquaresWork<float>>(pieces, new(new(x), partial));
        else VectorWork.For<double, SquaresWork<double>>(pieces, new(new(x), partial));
        double sum = 0;
        for (int i = 0; i < pieces; i++) sum += partial[i];
        ArrayPool<double>.Shared.Return(partial);
        return sum;
    }

    private readonly struct SquaresWork<T>(Operand<T> x, double[] partial) : IVectorWork<T> where T : unmanaged
    {
        [SkipLocalsInit]
        public void Run<TVector, TDouble>(int piece)
            where TVector : struct, IFloatVector<TVector, T>
            where TDouble : struct, IFloatVector<TDouble, double>
        {
            (int start, int count) = Pieces.Range(piece, x.Count);
            Span<T> buffer = stackalloc T[x.IsContiguous ? 0 : Pieces.Elements];
            ReadOnlySpan<T> elements = x.Read(start, count, buffer);
            partial[piece] = Sums.Dot<T, TDouble>(elements, elements);
        }
    }
}
