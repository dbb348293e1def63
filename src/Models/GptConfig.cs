namespace MiniStack.Models;

/// <summary>The sizes of a <see cref="Gpt"/>.</summary>
/// <param name="VocabularySize">Number of tokens.</param>
/// <param name="Context">Longest sequence.</param>
/// <param name="Layers">Transformer blocks.</param>
/// <param name="Heads">Attention heads a block; divides <paramref name="Channels"/>.</param>
/// <param name="Channels">Width of the residual stream.</param>
/// <param name="Bias">Whether products and norms have biases.</param>
/// <param name="Dropout">Probability of dropout while training.</param>
public sealed record GptConfig(
    int VocabularySize, int Context, int Layers, int Heads, int Channels, bool Bias = false, double Dropout = 0)
{
    /// <summary>nanoGPT's configuration for a CPU: 4 layers, 4 heads, 128 channels, context 64.</summary>
    public static GptConfig Nano(int vocabularySize) => new(vocabularySize, Context: 64, Layers: 4, Heads: 4, Channels: 128);

    /// <summary>nanoGPT's configuration for one small GPU: 6 layers, 6 heads, 384 channels, context 256.</summary>
    public static GptConfig Baby(int vocabularySize) => new(vocabularySize, Context: 256, Layers: 6, Heads: 6, Channels: 384);

    /// <summary>Numbers the model will learn; the head shares the token table.</summary>
    public long ParameterCount
    {
        get
        {
            long c = Channels, block = 12 * c * c + 2 * c + (Bias ? 9 * c + 2 * c : 0);
            return (VocabularySize + Context) * c + Layers * block + (Bias ? 2 * c : c);
        }
    }

    /// <summary>Throws unless the sizes make a model.</summary>
    /// <exception cref="ConfigException">A size is absurd, or the heads do not divide the channels.</exception>
    public void Check()
    {
        CheckSize(VocabularySize, "vocabulary size", 10_000_000);
        CheckSize(Context, "context", 1_000_000);
        CheckSize(Layers, "number of layers", 1_000);
        CheckSize(Heads, "number of heads", 10_000);
        CheckSize(Channels, "number of channels", 100_000);
        if (Channels % Heads != 0)
            throw new ConfigException($"{Heads} heads do not divide {Channels} channels evenly. Choose heads that divide the channels.");
        if (!(Dropout >= 0 && Dropout < 1))
            throw new ConfigException(FormattableString.Invariant($"The dropout must be at least 0 and below 1, not {Dropout}."));
    }

    private static void CheckSize(int value, string what, int most)
    {
        if (value < 1 || value > most) throw new ConfigException($"The {what} must be between 1 and {most}, not {value}.");
    }
}
