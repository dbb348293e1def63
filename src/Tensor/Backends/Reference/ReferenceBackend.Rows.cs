namespace MiniStack;

internal partial class ReferenceBackend
{
    /// <inheritdoc/>
    public override void Softmax(Tensor x, Tensor y)
    {
        Cells from = new(x), to = new(y);
        int length = x.Shape[^1];
        for (long row = 0; row < from.Count; row += length)
        {
            (double max, double logSum) = LogSumExp(from, row, length);
            for (int i = 0; i < length; i++) to[row + i] = Math.Exp(from[row + i] - max - logSum);
        }
    }

    /// <inheritdoc/>
    public override void SoftmaxBackward(Tensor y, Tensor dy, Tensor dx)
    {
        Cells results = new(y), from = new(dy), to = new(dx);
        int length = y.Shape[^1];
        for (long row = 0; row < from.Count; row += length)
        {
            double dot = 0;
            for (int i = 0; i < length; i++) dot += results[row + i] * from[row + i];
            for (int i = 0; i < length; i++) to[row + i] = results[row + i] * (from[row + i] - dot);
        }
    }

    /// <inheritdoc/>
    public override void LogSoftmax(Tensor x, Tensor y)
    {
        Cells from = new(x), to = new(y);
        int length = x.Shape[^1];
        for (long row = 0; row < from.Count; row += length)
        {
            (double max, double logSum) = LogSumExp(from, row, length);
            for (int i = 0; i < length; i++) to[row + i] = from[row + i] - max - logSum;
        }
    }

    /// <summary>The largest element of a row, and ln Σ e^(x − max); finite even when every x is −∞.</summary>
    private static (double Max, double LogSum) LogSumExp(Cells x, long start, int length)
    {
        double max = double.NegativeInfinity, sum = 0;
        for (int i = 0; i < length; i++) max = Math.Max(max, x[start + i]);
        if (double.IsNegativeInfinity(max)) max = 0;
        for (int i = 0; i < length; i++) sum += Math.Exp(x[start + i] - max);
        return (max, Math.Log(sum));
    }
}
