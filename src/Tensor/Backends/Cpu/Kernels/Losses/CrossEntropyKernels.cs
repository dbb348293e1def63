using System.Numerics;

namespace MiniStack;

/// <summary>losses = logSumExp − logits[target], and logSumExp, by rows.</summary>
internal readonly struct CrossEntropyKernel<T>(Operand<T> logits, Indices targets, Tensor losses, Tensor logSumExp, int classes)
    : IVectorWork<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Run<TVector, TDouble>(int piece)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        (int first, int rows) = Pieces.Range(piece, losses.Count, Pieces.Rows(classes));
        using RowBuffer<T> buffer = new(logits.HasWholeRows(classes) ? 0 : classes);
        Span<T> to = losses.Raw<T>(), sums = logSumExp.Raw<T>();
        for (int row = first; row < first + rows; row++)
        {
            ReadOnlySpan<T> from = logits.Read((long)row * classes, classes, buffer.Span);
            T shift = RowMath.Shift<T, TVector>(from);
            double max = Sums.ToDouble(shift), logSum = Math.Log(RowMath.SumExp<T, TVector>(from, shift));
            sums[row] = T.CreateTruncating(max + logSum);
            to[row] = T.CreateTruncating(max - Sums.ToDouble(from[targets[row]]) + logSum);
        }
    }
}

/// <summary>dlogits = dlosses·(e^(logits − logSumExp) − [class = target]) by rows.</summary>
internal readonly struct CrossEntropyBackwardKernel<T>(
    Operand<T> logits, Indices targets, Operand<T> logSumExp, Operand<T> dlosses, Tensor dlogits, int classes) : IVectorWork<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Beyond it, the rounding of a logSumExp of F32 shows in the sixth digit of the probabilities.</summary>
    private const double LargeSum = 64;

    private readonly bool _streams = Streaming.Pays(dlogits, classes);

    public void Run<TVector, TDouble>(int piece)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        (int first, int rows) = Pieces.Range(piece, dlogits.Count / classes, Pieces.Rows(classes));
        using RowBuffer<T> buffer = new(logits.HasWholeRows(classes) ? 0 : classes);
        Span<T> all = dlogits.Raw<T>();
        for (int row = first; row < first + rows; row++)
        {
            ReadOnlySpan<T> from = logits.Read((long)row * classes, classes, buffer.Span);
            Span<T> to = all.Slice(row * classes, classes);
            T dloss = dlosses.At(row), shift = logSumExp.At(row);
            double factor = Sums.ToDouble(dloss);
            // A large sum was rounded by so much that the probabilities no longer add up to 1.
            if (T.Abs(shift) > T.CreateTruncating(LargeSum)) factor /= RowMath.SumExp<T, TVector>(from, shift);
            ExpRow<TVector> formula = new(TVector.Create(factor), TVector.Create(Sums.ToDouble(shift)));
            RowLoop.Map<T, TVector, ExpRow<TVector>>(formula, from, from, to, _streams);
            to[targets[row]] -= dloss;
        }
    }
}
