using System.Runtime.CompilerServices;
using MiniStack.Operators;

namespace MiniStack;

/// <summary>Element-wise operators on 16-bit floats: a block is widened to F32, computed, and rounded once.</summary>
internal static class HalfElementwise
{
    public static void Unary<TOperator>(Tensor x, Tensor y) where TOperator : struct, IUnaryOperator =>
        CpuThreads.For(Pieces.Count(y.Count), new UnaryWork<TOperator>(new WideOperand(x), y));

    public static void Binary<TOperator>(Tensor a, Tensor b, Tensor y) where TOperator : struct, IBinaryOperator =>
        CpuThreads.For(Pieces.Count(y.Count), new BinaryWork<TOperator>(new WideOperand(a), new WideOperand(b), y));

    public static void Compare<TComparison>(Tensor a, Tensor b, Tensor y) where TComparison : struct, IComparison =>
        CpuThreads.For(Pieces.Count(y.Count), new CompareWork<TComparison>(new WideOperand(a), new WideOperand(b), y));

    private readonly struct UnaryWork<TOperator>(WideOperand x, Tensor y) : IWork where TOperator : struct, IUnaryOperator
    {
        [SkipLocalsInit]
        public void Run(int piece)
        {
            (int start, int count) = Pieces.Range(piece, y.Count);
            Span<float> buffer = stackalloc float[Pieces.Block], result = stackalloc float[Pieces.Block];
            for (int i = 0; i < count; i += Pieces.Block)
            {
                int length = Math.Min(Pieces.Block, count - i);
                TOperator.Floats(x.Read(start + i, length, buffer), result[..length], streams: false);
                Halves.Narrow(result[..length], y, start + i);
            }
        }
    }

    private readonly struct BinaryWork<TOperator>(WideOperand a, WideOperand b, Tensor y) : IWork where TOperator : struct, IBinaryOperator
    {
        [SkipLocalsInit]
        public void Run(int piece)
        {
            (int start, int count) = Pieces.Range(piece, y.Count);
            Span<float> bufferA = stackalloc float[Pieces.Block], bufferB = stackalloc float[Pieces.Block];
            Span<float> result = stackalloc float[Pieces.Block];
            for (int i = 0; i < count; i += Pieces.Block)
            {
                int length = Math.Min(Pieces.Block, count - i);
                TOperator.Floats(
                    a.Read(start + i, length, bufferA), b.Read(start + i, length, bufferB), result[..length], streams: false);
                Halves.Narrow(result[..length], y, start + i);
            }
        }
    }

    private readonly struct CompareWork<TComparison>(WideOperand a, WideOperand b, Tensor y) : IWork where TComparison : struct, IComparison
    {
        [SkipLocalsInit]
        public void Run(int piece)
        {
            (int start, int count) = Pieces.Range(piece, y.Count);
            Span<byte> to = y.Raw<byte>().Slice(start, count);
            Span<float> bufferA = stackalloc float[Pieces.Block], bufferB = stackalloc float[Pieces.Block];
            for (int i = 0; i < count; i += Pieces.Block)
            {
                int length = Math.Min(Pieces.Block, count - i);
                CompareMap<float, TComparison>.Apply(
                    a.Read(start + i, length, bufferA), b.Read(start + i, length, bufferB), to.Slice(i, length));
            }
        }
    }
}
