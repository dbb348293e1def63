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
    public override void GroupNorm(Tensor x, int groups, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance) =>
        ChannelNorm(NormSets.Groups(x.Shape, groups), x, weight, bias, epsilon, y, mean, variance);

    /// <inheritdoc/>
    public override void GroupNormBackward(
        Tensor x, int groups, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight, Tensor dbias) =>
        ChannelNormBackward(NormSets.Groups(x.Shape, groups), x, weight, epsilon, mean, variance, dy, dx, dweight, dbias);

    private static void ChannelNorm(NormSets sets, Tensor x, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance)
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
        NormSets sets, Tensor x, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight, Tensor dbias)
    {
        Cells from = new(x), means = new(mean), variances = new(variance), grad = new(dy), to = new(dx), weights = new(dweight), biases = new(dbias);
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
    private static long Place(NormSets sets, int set, long i) => (long)sets.Row(set, (int)(i / sets.Length)) * sets.Length + i % sets.Length;
}
