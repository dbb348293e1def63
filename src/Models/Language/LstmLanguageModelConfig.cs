namespace MiniStack.Models;

/// <summary>The sizes of an <see cref="LstmLanguageModel"/>.</summary>
/// <param name="VocabularySize">Number of tokens.</param>
/// <param name="Channels">Length of a token's vector.</param>
/// <param name="Hidden">Channels of each state.</param>
/// <param name="Layers">LSTM layers.</param>
/// <param name="Dropout">Probability of dropout, on what goes into each layer and the head, while training.</param>
public sealed record LstmLanguageModelConfig(int VocabularySize, int Channels, int Hidden, int Layers = 1, double Dropout = 0)
    : IModelConfig
{
    /// <inheritdoc/>
    public long ParameterCount
    {
        get
        {
            long h = Hidden, first = 4 * h * (Channels + h + 2), further = 4 * h * (h + h + 2);
            return (long)VocabularySize * Channels + first + (Layers - 1) * further + Sizes.Linear(h, VocabularySize);
        }
    }

    /// <inheritdoc/>
    public void Check()
    {
        Sizes.Check(VocabularySize, "vocabulary size", Sizes.MostEntries);
        Sizes.Check(Channels, "number of channels", Sizes.MostChannels);
        Sizes.Check(Hidden, "number of hidden channels", Sizes.MostChannels);
        Sizes.Check(Layers, "number of layers", Sizes.MostLayers);
        Sizes.CheckDropout(Dropout);
    }
}
