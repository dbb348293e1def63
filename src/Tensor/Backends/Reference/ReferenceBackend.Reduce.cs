namespace MiniStack;

internal partial class ReferenceBackend
{
    /// <inheritdoc/>
    public override void Sum(Tensor x, Tensor y)
    {
        Cells from = new(x), to = new(y);
        long length = to.Count == 0 ? 0 : from.Count / to.Count;
        for (long row = 0; row < to.Count; row++)
        {
            double sum = 0;
            long whole = 0;
            for (long i = 0; i < length; i++)
            {
                if (x.DType.IsFloat()) sum += from[row * length + i];
                else whole += from.Integer(row * length + i);
            }
            if (x.DType.IsFloat()) to[row] = sum;
            else to.SetInteger(row, whole);
        }
    }

    /// <inheritdoc/>
    public override void Max(Tensor x, Tensor y) => Select(x, y, Math.Max, Math.Max);

    /// <inheritdoc/>
    public override void Min(Tensor x, Tensor y) => Select(x, y, Math.Min, Math.Min);

    /// <inheritdoc/>
    public override void ArgMax(Tensor x, Tensor y)
    {
        Cells from = new(x), to = new(y);
        long length = to.Count == 0 ? 0 : from.Count / to.Count;
        for (long row = 0; row < to.Count; row++)
        {
            long best = 0;
            for (long i = 1; i < length; i++)
            {
                long at = row * length + i, bestAt = row * length + best;
                bool better = x.DType.IsInteger()
                    ? from.Integer(at) > from.Integer(bestAt)
                    : from[at] > from[bestAt] || (double.IsNaN(from[at]) && !double.IsNaN(from[bestAt]));
                if (better) best = i;
            }
            to.SetInteger(row, best);
        }
    }

    /// <inheritdoc/>
    public override double SquaredNorm(ReadOnlySpan<Tensor> tensors)
    {
        double sum = 0;
        foreach (Tensor x in tensors)
        {
            Cells from = new(x);
            for (long i = 0; i < from.Count; i++) sum += from[i] * from[i];
        }
        return sum;
    }

    private static void Select(Tensor x, Tensor y, Func<double, double, double> better, Func<long, long, long> betterWhole)
    {
        Cells from = new(x), to = new(y);
        long length = to.Count == 0 ? 0 : from.Count / to.Count;
        for (long row = 0; row < to.Count; row++)
        {
            double best = from[row * length];
            long bestWhole = from.Integer(row * length);
            for (long i = 1; i < length; i++)
            {
                best = better(best, from[row * length + i]);
                bestWhole = betterWhole(bestWhole, from.Integer(row * length + i));
            }
            if (x.DType.IsFloat()) to[row] = best;
            else to.SetInteger(row, bestWhole);
        }
    }
}
