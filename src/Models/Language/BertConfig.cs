namespace MiniStack.Models;

/// <summary>The sizes of a <see cref="Bert"/>.</summary>
/// <param name="VocabularySize">Number of tokens.</param>
/// <param name="Context">Longest sequence.</param>
/// <param name="Layers">Encoder layers.</param>
/// <param name="Heads">Attention heads a layer; divides <paramref name="Channels"/>.</param>
/// <param name="Channels">Width of the residual stream.</param>
/// <param name="Hidden">Channels within a layer's network; 4·channels in the paper.</param>
/// <param name="Segments">Kinds of segments, such as question and answer.</param>
/// <param name="Dropout">Probability of dropout while training; 0.1 in the paper.</param>
/// <param name="Epsilon">Of the norms.</param>
public sealed record BertConfig(
    int VocabularySize, int Context, int Layers, int Heads, int Channels, int Hidden, int Segments = 2, double Dropout = 0.1,
    double Epsilon = 1e-12) : IModelConfig
{
    /// <inheritdoc/>
    public long ParameterCount
    {
        get
        {
            long c = Channels, head = Sizes.Linear(c, c) + 2 * c + VocabularySize;
            return ((long)VocabularySize + Context + Segments + 2) * c + Layers * Sizes.EncoderLayer(c, Hidden) + head;
        }
    }

    /// <inheritdoc/>
    public void Check()
    {
        Sizes.Check(VocabularySize, "vocabulary size", Sizes.MostEntries);
        Sizes.Check(Context, "context", Sizes.MostPositions);
        Sizes.Check(Layers, "number of layers", Sizes.MostLayers);
        Sizes.CheckHeads(Heads, Channels);
        Sizes.Check(Hidden, "number of hidden channels", Sizes.MostHidden);
        Sizes.Check(Segments, "number of segments", Sizes.MostChannels);
        Sizes.CheckDropout(Dropout);
        Sizes.CheckPositive(Epsilon, "epsilon of the norms");
    }
}
