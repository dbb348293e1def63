namespace MiniStack;

internal partial class ReferenceBackend
{
    /// <inheritdoc/>
    public override void LogSumExp(Tensor x, Tensor y)
    {
        Cells from = new(x), to = new(y);
        int length = to.Count == 0 ? 0 : (int)(from.Count / to.Count);
        for (long row = 0; row < to.Count; row++)
        {
            double max = double.NegativeInfinity, sum = 0;
            for (int i = 0; i < length; i++) max = Math.Max(max, from[row * length + i]);
            if (double.IsInfinity(max)) max = 0;
            for (int i = 0; i < length; i++) sum += Math.Exp(from[row * length + i] - max);
            to[row] = max + Math.Log(sum);
        }
    }

    /// <inheritdoc/>
    public override void Variance(Tensor x, double correction, Tensor y)
    {
        Cells from = new(x), to = new(y);
        int length = to.Count == 0 ? 0 : (int)(from.Count / to.Count);
        for (long row = 0; row < to.Count; row++)
        {
            double sum = 0, squares = 0;
            for (int i = 0; i < length; i++) sum += from[row * length + i];
            for (int i = 0; i < length; i++) squares += Math.Pow(from[row * length + i] - sum / length, 2);
            to[row] = squares / Math.Max(length - correction, 0);
        }
    }
}
