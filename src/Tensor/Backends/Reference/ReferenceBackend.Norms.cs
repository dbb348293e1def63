namespace MiniStack;

internal partial class ReferenceBackend
{
    /// <inheritdoc/>
    public override void BatchNorm(Tensor x, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance) =>
        ChannelNorm(NormSets.Batch(x.Shape), x, weight, bias, epsilon, y, mean, variance);

    /// <inheritdoc/>
    public override void BatchNormBackward(
        Tensor x, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight, Tensor dbias) =>
        ChannelNormBackward(NormSets.Batch(x.Shape), x, weight, epsilon, mean, variance, dy, dx, dweight, dbias);

    /// <inheritdoc/>
    public override void GroupNorm(
        Tensor x, int groups, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance) =>
        ChannelNorm(NormSets.Groups(x.Shape, groups), x, weight, bias, epsilon, y, mean, variance);

    /// <inheritdoc/>
    public override void GroupNormBackward(
        Tensor x, int groups, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight,
        Tensor dbias) =>
        ChannelNormBackward(NormSets.Groups(x.Shape, groups), x, weight, epsilon, mean, variance, dy, dx, dweight, dbias);

    private static void ChannelNorm(
        NormSets sets, Tensor x, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance)
    {
        Cells from = new(x), to = new(y), means = new(mean), variances = new(variance);
        Cells scale = weight is null ? default : new(weight), shift = bias is null ? default : new(bias);
        for (int set = 0; set < sets.Sets; set++)
        {
            double sum = 0, squares = 0;
            for (long i = 0; i < sets.Size; i++) sum += from[Place(sets, set, i)];
            double average = sum / sets.Size;
            for (long i = 0; i < sets.Size; i++) squares += Math.Pow(from[Place(sets, set, i)] - average, 2);
            double inverse = 1 / Math.Sqrt(squares / sets.Size + epsilon);
            for (long i = 0; i < sets.Size; i++)
            {
                long at = Place(sets, set, i), channel = at / sets.Length % sets.Channels;
                to[at] = (from[at] - average) * inverse * (weight is null ? 1 : scale[channel]) + (bias is null ? 0 : shift[channel]);
            }
            (means[set], variances[set]) = (average, squares / sets.Size);
        }
    }

    private static void ChannelNormBackward(
        NormSets sets, Tensor x, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight,
        Tensor dbias)
    {
        Cells from = new(x), means = new(mean), variances = new(variance), grad = new(dy), to = new(dx), weights = new(dweight),
            biases = new(dbias);
        Cells scale = weight is null ? default : new(weight);
        double[] sumWeight = new double[sets.Channels], sumBias = new double[sets.Channels];
        for (int set = 0; set < sets.Sets; set++)
        {
            double average = means[set], inverse = 1 / Math.Sqrt(variances[set] + epsilon);
            // With n = (x − mean)·rstd and g = dy·weight:  dx = rstd·(g − average(g) − n·average(g·n)).
            double averageG = 0, averageGn = 0;
            for (long i = 0; i < sets.Size; i++)
            {
                long at = Place(sets, set, i), channel = at / sets.Length % sets.Channels;
                double n = (from[at] - average) * inverse, g = grad[at] * (weight is null ? 1 : scale[channel]);
                averageG += g / sets.Size;
                averageGn += g * n / sets.Size;
                sumWeight[channel] += grad[at] * n;
                sumBias[channel] += grad[at];
            }
            for (long i = 0; i < sets.Size; i++)
            {
                long at = Place(sets, set, i), channel = at / sets.Length % sets.Channels;
                double n = (from[at] - average) * inverse, g = grad[at] * (weight is null ? 1 : scale[channel]);
                to[at] = inverse * (g - averageG - n * averageGn);
            }
        }
        for (int c = 0; c < sets.Channels; c++) (weights[c], biases[c]) = (sumWeight[c], sumBias[c]);
    }

    /// <summary>Element <paramref name="i"/> of a set, counted over the whole tensor.</summary>
    private static long Place(NormSets sets, int set, long i) =>
        (long)sets.Row(set, (int)(i / sets.Length)) * sets.Length + i % sets.Length;

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
}
