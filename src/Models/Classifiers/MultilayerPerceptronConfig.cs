namespace MiniStack.Models;

/// <summary>The sizes of a <see cref="MultilayerPerceptron"/>.</summary>
/// <param name="Inputs">Numbers of an example.</param>
/// <param name="Hidden">Channels of each hidden layer; none makes a linear model.</param>
/// <param name="Outputs">Numbers that come out, such as classes.</param>
/// <param name="Dropout">Probability of dropout after each hidden layer while training.</param>
public sealed record MultilayerPerceptronConfig(int Inputs, IReadOnlyList<int> Hidden, int Outputs, double Dropout = 0) : IModelConfig
{
    /// <inheritdoc/>
    public long ParameterCount => Sizes.Chain([Inputs, .. Hidden, Outputs]);

    /// <inheritdoc/>
    public void Check()
    {
        Sizes.Check(Inputs, "number of inputs", Sizes.MostEntries);
        Sizes.CheckAll(Hidden, "hidden layer", Sizes.MostHidden);
        Sizes.Check(Outputs, "number of outputs", Sizes.MostEntries);
        Sizes.CheckDropout(Dropout);
    }
}
