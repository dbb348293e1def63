namespace MiniStack;

/// <summary>How <see cref="Variable.CrossEntropy(Tensor, CrossEntropyOptions)"/> counts rows and classes.</summary>
public sealed record CrossEntropyOptions
{
    /// <summary>Share of the target, from 0 to 1, that is spread evenly over all classes: a model is not asked to be certain.</summary>
    /// <remarks>Szegedy et al. 2015, arXiv:1512.00567, section 7.</remarks>
    public double LabelSmoothing { get; init; }

    /// <summary>The target of rows that do not count, a class or not (padding; −100 is customary); null for none.</summary>
    public long? IgnoreIndex { get; init; }

    /// <summary>[classes]: how much a row of each class counts; null for all the same. The mean is then the weighted mean.</summary>
    public Tensor? ClassWeights { get; init; }

    /// <summary>What becomes of the rows' losses.</summary>
    public Reduction Reduction { get; init; }
}
