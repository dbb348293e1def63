namespace MiniStack.Data;

/// <summary>Left becomes right with some probability.</summary>
public sealed class RandomFlip : ITransform<Image>
{
    private readonly double _probability;

    /// <param name="probability">0 to 1.</param>
    /// <exception cref="ConfigException">It is not from 0 to 1.</exception>
    public RandomFlip(double probability = 0.5)
    {
        if (!(probability is >= 0 and <= 1))
            throw new ConfigException(FormattableString.Invariant($"RandomFlip: the probability must be 0 to 1, but is {probability}."));
        _probability = probability;
    }

    /// <inheritdoc/>
    public Image Apply(Image example, Rng rng)
    {
        if (rng.NextDouble() >= _probability) return example;
        float[] pixels = [.. example.Pixels];
        for (int row = 0; row < example.Channels * example.Height; row++) pixels.AsSpan(row * example.Width, example.Width).Reverse();
        return example with { Pixels = pixels };
    }
}
