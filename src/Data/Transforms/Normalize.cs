namespace MiniStack.Data;

/// <summary>(x − mean) / deviation for each channel.</summary>
public sealed class Normalize : ITransform<Image>
{
    private readonly float[] _mean, _deviation;

    /// <param name="mean">Of each channel.</param>
    /// <param name="deviation">Standard deviation of each channel.</param>
    /// <exception cref="ConfigException">They are not of one length, or a deviation is not positive and finite.</exception>
    public Normalize(IReadOnlyList<float> mean, IReadOnlyList<float> deviation)
    {
        if (mean.Count != deviation.Count || mean.Count == 0)
            throw new ConfigException(FormattableString.Invariant($"Normalize: {mean.Count} means and {deviation.Count} deviations; give one of each for each channel."));
        foreach (float value in deviation)
        {
            if (!(value > 0 && float.IsFinite(value)))
                throw new ConfigException(FormattableString.Invariant($"Normalize: deviations must be positive and finite, but one is {value}."));
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
    /// <exception cref="DataException">There are no images, or a channel is the same everywhere.</exception>
    public static Normalize Of(IDataset<ImageExample> dataset)
    {
        if (dataset.Count == 0) throw new DataException("Normalize.Of: the dataset has no images.");
        int channels = dataset.Get(0).Image.Channels;
        double[] sums = new double[channels], squares = new double[channels];
        long pixels = 0;
        for (long i = 0; i < dataset.Count; i++)
        {
            Image image = dataset.Get(i).Image;
            pixels += image.Height * image.Width;
            for (int channel = 0; channel < channels; channel++)
                foreach (float pixel in image.Channel(channel)) (sums[channel], squares[channel]) = (sums[channel] + pixel, squares[channel] + (double)pixel * pixel);
        }
        float[] mean = [.. sums.Select(sum => (float)(sum / pixels))];
        float[] deviation = [.. sums.Zip(squares, (sum, square) => (float)Math.Sqrt(Math.Max(0, square / pixels - sum / pixels * (sum / pixels))))];
        if (deviation.Contains(0)) throw new DataException("Normalize.Of: a channel is the same everywhere; it cannot be given deviation 1.");
        return new Normalize(mean, deviation);
    }
}
