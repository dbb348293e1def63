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

    /// <inheritdoc/>
    public override void LayerNorm(Tensor x, Tensor weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor rstd)
    {
        Cells from = new(x), scale = new(weight), to = new(y), means = new(mean), rstds = new(rstd);
        Cells shift = bias is null ? default : new(bias);
        int length = x.Shape[^1];
        for (long row = 0; row < means.Count; row++)
        {
            long start = row * length;
            double sum = 0, squares = 0;
            for (int i = 0; i < length; i++) sum += from[start + i];
            double average = sum / length;
            for (int i = 0; i < length; i++) squares += (from[start + i] - average) * (from[start + i] - average);
            double inverse = 1 / Math.Sqrt(squares / length + epsilon);
            for (int i = 0; i < length; i++)
                to[start + i] = (from[start + i] - average) * inverse * scale[i] + (bias is null ? 0 : shift[i]);
            (means[row], rstds[row]) = (average, inverse);
        }
    }

    /// <inheritdoc/>
    public override void LayerNormBackward(
        Tensor x, Tensor weight, Tensor mean, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight, Tensor? dbias)
    {
        Cells from = new(x), scale = new(weight), means = new(mean), rstds = new(rstd), grad = new(dy), to = new(dx);
        int length = x.Shape[^1];
        double[] sumWeight = new double[length], sumBias = new double[length];
        for (long row = 0; row < means.Count; row++)
        {
            long start = row * length;
            // With n = (x − mean)·rstd and g = dy·weight:  dx = rstd·(g − average(g) − n·average(g·n)).
            double averageG = 0, averageGn = 0;
            for (int i = 0; i < length; i++)
            {
                double n = (from[start + i] - means[row]) * rstds[row], g = grad[start + i] * scale[i];
                averageG += g / length;
                averageGn += g * n / length;
                sumWeight[i] += grad[start + i] * n;
                sumBias[i] += grad[start + i];
            }
            for (int i = 0; i < length; i++)
            {
                double n = (from[start + i] - means[row]) * rstds[row], g = grad[start + i] * scale[i];
                to[start + i] = rstds[row] * (g - averageG - n * averageGn);
            }
        }
        Cells weights = new(dweight);
        for (int i = 0; i < length; i++) weights[i] = sumWeight[i];
        if (dbias is null) return;
        Cells biases = new(dbias);
        for (int i = 0; i < length; i++) biases[i] = sumBias[i];
    }

    /// <inheritdoc/>
    public override void RmsNorm(Tensor x, Tensor weight, double epsilon, Tensor y, Tensor rstd)
    {
        Cells from = new(x), scale = new(weight), to = new(y), rstds = new(rstd);
        int length = x.Shape[^1];
        for (long row = 0; row < rstds.Count; row++)
        {
            long start = row * length;
            double squares = 0;
            for (int i = 0; i < length; i++) squares += from[start + i] * from[start + i];
            double inverse = 1 / Math.Sqrt(squares / length + epsilon);
            for (int i = 0; i < length; i++) to[start + i] = from[start + i] * inverse * scale[i];
            rstds[row] = inverse;
        }
    }

    /// <inheritdoc/>
    public override void RmsNormBackward(Tensor x, Tensor weight, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight)
    {
        Cells from = new(x), scale = new(weight), rstds = new(rstd), grad = new(dy), to = new(dx), weights = new(dweight);
        int length = x.Shape[^1];
        double[] sums = new double[length];
        for (long row = 0; row < rstds.Count; row++)
        {
            long start = row * length;
            // With n = x·rstd and g = dy·weight:  dx = rstd·(g − n·average(g·n)).
            double averageGn = 0;
            for (int i = 0; i < length; i++)
            {
                double n = from[start + i] * rstds[row];
                averageGn += grad[start + i] * scale[i] * n / length;
                sums[i] += grad[start + i] * n;
            }
            for (int i = 0; i < length; i++)
                to[start + i] = rstds[row] * (grad[start + i] * scale[i] - from[start + i] * rstds[row] * averageGn);
        }
        for (int i = 0; i < length; i++) weights[i] = sums[i];
    }

    /// <inheritdoc/>
    public override void CrossEntropy(Tensor logits, Tensor targets, Tensor losses, Tensor logSumExp)
    {
        Cells from = new(logits), classes = new(targets), to = new(losses), sums = new(logSumExp);
        int length = logits.Shape[^1];
        for (long row = 0; row < to.Count; row++)
        {
            (double max, double logSum) = LogSumExp(from, row * length, length);
            sums[row] = max + logSum;
            to[row] = max - from[row * length + classes.Integer(row)] + logSum;
        }
    }

    /// <inheritdoc/>
    public override void CrossEntropyBackward(Tensor logits, Tensor targets, Tensor logSumExp, Tensor dlosses, Tensor dlogits)
    {
        Cells from = new(logits), classes = new(targets), sums = new(logSumExp), grad = new(dlosses), to = new(dlogits);
        int length = logits.Shape[^1];
        for (long row = 0; row < grad.Count; row++)
        {
            double total = 0; // 1, but for the rounding of the logSumExp
            for (int i = 0; i < length; i++) total += Math.Exp(from[row * length + i] - sums[row]);
            for (int i = 0; i < length; i++)
            {
                double probability = Math.Exp(from[row * length + i] - sums[row]) / total;
                to[row * length + i] = grad[row] * (probability - (i == classes.Integer(row) ? 1 : 0));
            }
        }
    }

    /// <inheritdoc/>
    public override void Embedding(Tensor table, Tensor indices, Tensor y)
    {
        Cells rows = new(table), picks = new(indices), to = new(y);
        int channels = table.Shape[1];
        for (long i = 0; i < picks.Count; i++)
            for (int c = 0; c < channels; c++) to[i * channels + c] = rows[picks.Integer(i) * channels + c];
    }

    /// <inheritdoc/>
    public override void EmbeddingBackward(Tensor indices, Tensor dy, Tensor dtable)
    {
        Cells picks = new(indices), from = new(dy), to = new(dtable);
        int channels = dtable.Shape[1];
        double[] sums = new double[to.Count];
        for (long i = 0; i < picks.Count; i++)
            for (int c = 0; c < channels; c++) sums[picks.Integer(i) * channels + c] += from[i * channels + c];
        for (long i = 0; i < to.Count; i++) to[i] = sums[i];
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
