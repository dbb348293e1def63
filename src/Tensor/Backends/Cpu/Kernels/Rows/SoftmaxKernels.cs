using System.Numerics;

namespace MiniStack;

/// <summary>y = eˣ / Σ eˣ by rows, or x − ln Σ eˣ.</summary>
internal readonly struct SoftmaxKernel<T>(Operand<T> x, Tensor y, int length, bool logarithm) : IVectorWork<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly bool _streams = Streaming.Pays(y, length);

    public void Run<TVector, TDouble>(int piece)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        (int first, int rows) = Pieces.Range(piece, y.Count / length, Pieces.Rows(length));
        using RowBuffer<T> buffer = new(x.HasWholeRows(length) ? 0 : length), bufferE = new(logarithm ? 0 : length);
        Span<T> all = y.Raw<T>(), exponentials = bufferE.Span;
        for (int row = first; row < first + rows; row++)
        {
            ReadOnlySpan<T> from = x.Read((long)row * length, length, buffer.Span);
            Span<T> to = all.Slice(row * length, length);
            T shift = RowMath.Shift<T, TVector>(from);
            if (logarithm)
            {
                double logSum = Math.Log(RowMath.SumExp<T, TVector>(from, shift));
                LogSoftmaxRow<TVector> formula = new(TVector.Create(Sums.ToDouble(shift)), TVector.Create(logSum));
                RowLoop.Map<T, TVector, LogSoftmaxRow<TVector>>(formula, from, from, to, _streams);
            }
            else
            {
                double sum = RowMath.Exp<T, TVector>(from, shift, exponentials);
                ScaledRow<TVector> formula = new(TVector.Create(1 / sum));
                RowLoop.Map<T, TVector, ScaledRow<TVector>>(formula, exponentials, exponentials, to, _streams);
            }
        }
    }
}

/// <summary>dx = y·(dy − Σ dy·y) by rows.</summary>
internal readonly struct SoftmaxBackwardKernel<T>(Operand<T> y, Operand<T> dy, Tensor dx, int length) : IVectorWork<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly bool _streams = Streaming.Pays(dx, length);

    public void Run<TVector, TDouble>(int piece)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        (int first, int rows) = Pieces.Range(piece, dx.Count / length, Pieces.Rows(length));
        using RowBuffer<T> buffer = new(y.HasWholeRows(length) ? 0 : length), bufferD = new(dy.HasWholeRows(length) ? 0 : length);
        Span<T> all = dx.Raw<T>();
        for (int row = first; row < first + rows; row++)
        {
            ReadOnlySpan<T> results = y.Read((long)row * length, length, buffer.Span);
            ReadOnlySpan<T> gradients = dy.Read((long)row * length, length, bufferD.Span);
            Span<T> to = all.Slice(row * length, length);
            SoftmaxGradientRow<TVector> formula = new(TVector.Create(Sums.Dot<T, TDouble>(results, gradients)));
            RowLoop.Map<T, TVector, SoftmaxGradientRow<TVector>>(formula, results, gradients, to, _streams);
        }
    }
}
