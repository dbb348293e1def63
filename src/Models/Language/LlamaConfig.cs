namespace MiniStack.Models;

/// <summary>The sizes of a <see cref="Llama"/>.</summary>
/// <param name="VocabularySize">Number of tokens.</param>
/// <param name="Context">Longest sequence.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="Heads">Heads that look; divides <paramref name="Channels"/>, into heads of even size.</param>
/// <param name="KeyHeads">Heads that are looked at; divides <paramref name="Heads"/>.</param>
/// <param name="Channels">Width of the residual stream.</param>
/// <param name="Hidden">Channels within a block's network.</param>
/// <param name="TiedHead">Whether the head shares the token table, as in Llama 3.2's small models.</param>
/// <param name="Theta">Base of the positions' wavelengths; Llama 3 has 500,000.</param>
/// <param name="Epsilon">Of the norms.</param>
public sealed record LlamaConfig(
    int VocabularySize, int Context, int Layers, int Heads, int KeyHeads, int Channels, int Hidden, bool TiedHead = false,
    double Theta = 10_000, double Epsilon = 1e-5) : IModelConfig
{
    /// <inheritdoc/>
    public long ParameterCount
    {
        get
        {
            long c = Channels, keys = c / Heads * KeyHeads, block = 2 * c * c + 2 * c * keys + 3 * c * Hidden + 2 * c;
            return (TiedHead ? 1 : 2) * VocabularySize * c + Layers * block + c;
        }
    }

    /// <inheritdoc/>
    public void Check()
    {
        Sizes.Check(VocabularySize, "vocabulary size", Sizes.MostEntries);
        Sizes.Check(Context, "context", Sizes.MostPositions);
        Sizes.Check(Layers, "number of layers", Sizes.MostLayers);
        Sizes.CheckHeads(Heads, Channels);
        Sizes.Check(KeyHeads, "number of key heads", Sizes.MostHeads);
        Sizes.CheckDivides(KeyHeads, "key heads", Heads, "heads");
        if (Channels / Heads % 2 != 0)
        {
            throw new ConfigException(
                $"{Heads} heads of {Channels} channels have {Channels / Heads} each, but positions turn pairs. Choose heads of even size.");
        }
        Sizes.Check(Hidden, "number of hidden channels", Sizes.MostHidden);
        Sizes.CheckPositive(Theta, "base of the wavelengths");
        Sizes.CheckPositive(Epsilon, "epsilon of the norms");
    }
}
