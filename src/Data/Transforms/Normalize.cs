namespace MiniStack.Data;

/// <summary>(x − mean) / deviation for each channel.</summary>
public sealed class Normalize : ITransform<Image>
{
    private readonly float[] _mean, _deviation;

    /// <param name="mean">Of each channel.</param>
    /// <param name="deviation">Standard deviation of each channel.</param>
    /// <exception cref="ConfigException">They are not of one length, a mean is not finite, or a deviation is not positive and
    /// finite.</exception>
    public Normalize(IReadOnlyList<float> mean, IReadOnlyList<float> deviation)
    {
        if (mean.Count != deviation.Count || mean.Count == 0)
        {
            throw new ConfigException(FormattableString.Invariant(
                $"Normalize: {mean.Count} means and {deviation.Count} deviations; give one of each for each channel."));
        }
        foreach (float value in mean)
        {
            if (!float.IsFinite(value))
                throw new ConfigException(FormattableString.Invariant($"Normalize: means must be finite, but one is {value}."));
        }
        foreach (float value in deviation)
        {
            if (!(value > 0 && float.IsFinite(value)))
            {
                throw new ConfigException(FormattableString.Invariant(
                    $"Normalize: deviations must be positive and finite, but one is {value}."));
            }
        }
        (_mean, _deviation) = ([.. mean], [.. deviation]);
    }

    /// <inheritdoc/>
    /// <exception cref="DataException">The image has another number of channels.</exception>
    public Image Apply(Image example, Rng rng)
    {
        if (example.Channels != _mean.Length)
            throw new DataException($"Normalize: the image has {example.Channels} channels, but {_mean.Length} means were given.");
        Image result = Image.Empty(example.Channels, example.Height, example.Width);
        for (int channel = 0; channel < _mean.Length; channel++)
        {
            ReadOnlySpan<float> from = example.Channel(channel);
            Span<float> to = result.Channel(channel);
            for (int i = 0; i < to.Length; i++) to[i] = (from[i] - _mean[channel]) / _deviation[channel];
        }
        return result;
    }

    /// <summary>The transform that gives a dataset's pixels mean 0 and deviation 1 in each channel.</summary>
    /// <param name="dataset">Looked at once, whole.</param>
    /// <exception cref="DataException">There are no images, or they have not all as many channels, or a channel is the same
    /// everywhere.</exception>
    /// <remarks>
    /// Sums of differences from the first pixel, which are small where the channel varies little, and exactly 0 where it does not: sums of
    /// squares would leave rounding there (Chan, Golub and LeVeque 1983, doi:10.1080/00031305.1983.10483115).
    /// </remarks>
    public static Normalize Of(IDataset<ImageExample> dataset)
    {
        if (dataset.Count == 0) throw new DataException("Normalize.Of: the dataset has no images.");
        Image start = dataset.Get(0).Image;
        int channels = start.Channels;
        double[] first = [.. Enumerable.Range(0, channels).Select(channel => (double)start.Channel(channel)[0])];
        double[] sums = new double[channels], squares = new double[channels];
        long pixels = 0;
        for (long i = 0; i < dataset.Count; i++)
        {
            Image image = dataset.Get(i).Image;
            if (image.Channels != channels)
            {
                throw new DataException(FormattableString.Invariant(
                    $"Normalize.Of: image {i} has {image.Channels} channels, but image 0 has {channels}. Give all the same."));
            }
            pixels += image.Height * image.Width;
            for (int channel = 0; channel < channels; channel++)
            {
                foreach (float pixel in image.Channel(channel))
                {
                    double difference = pixel - first[channel];
                    (sums[channel], squares[channel]) = (sums[channel] + difference, squares[channel] + (difference * difference));
                }
            }
        }
        float[] mean = [.. sums.Zip(first, (sum, shift) => (float)(shift + (sum / pixels)))];
        float[] deviation =
            [.. sums.Zip(squares, (sum, square) => (float)Math.Sqrt(Math.Max(0, square / pixels - sum / pixels * (sum / pixels))))];
        if (deviation.Contains(0))
            throw new DataException("Normalize.Of: a channel is the same everywhere; it cannot be given deviation 1.");
        return new Normalize(mean, deviation);
    }
}
