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
    int VocabularySize, int Context, int Layers, int Heads, int Channels, bool Bias = false, double Dropout = 0) : IModelConfig
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

    /// <inheritdoc/>
    public void Check()
    {
        Sizes.Check(VocabularySize, "vocabulary size", Sizes.MostEntries);
        Sizes.Check(Context, "context", Sizes.MostPositions);
        Sizes.Check(Layers, "number of layers", Sizes.MostLayers);
        Sizes.CheckHeads(Heads, Channels);
        Sizes.CheckDropout(Dropout);
    }
}
