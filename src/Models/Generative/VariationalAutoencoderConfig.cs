namespace MiniStack.Models;

/// <summary>The sizes of a <see cref="VariationalAutoencoder"/>.</summary>
/// <param name="Inputs">Numbers of an example.</param>
/// <param name="Hidden">Channels of the encoder's hidden layers; the decoder has them in reverse.</param>
/// <param name="Code">Numbers of a code.</param>
public sealed record VariationalAutoencoderConfig(int Inputs, IReadOnlyList<int> Hidden, int Code) : IModelConfig
{
    /// <inheritdoc/>
    public long ParameterCount =>
        Sizes.Chain([Inputs, .. Hidden]) + 2 * Sizes.Linear(Hidden is [.., var last] ? last : Inputs, Code)
        + Sizes.Chain([Code, .. Hidden.Reverse(), Inputs]);

    /// <inheritdoc/>
    public void Check()
    {
        Sizes.Check(Inputs, "number of inputs", Sizes.MostEntries);
        Sizes.CheckAll(Hidden, "hidden layer", Sizes.MostHidden);
        Sizes.Check(Code, "size of a code", Sizes.MostHidden);
    }
}
