namespace MiniStack.Optim;

/// <summary>Parameters that an optimizer treats differently from the rest; see <see cref="Optimizer.Groups"/>.</summary>
public sealed class ParameterGroup
{
    /// <summary>A group of these parameters.</summary>
    public ParameterGroup(IEnumerable<Parameter> parameters) => Parameters = [.. parameters];

    /// <summary>Its parameters.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>
    /// Factor on the learning rate of every step: a schedule gives one rate, and this group learns so much faster or slower.
    /// </summary>
    /// <exception cref="ConfigException">It is negative or not a number.</exception>
    public double LearningRateFactor
    {
        get;
        init => field = Check.NotNegative(nameof(ParameterGroup), value, "learning-rate factor");
    } = 1;

    /// <summary>Weight decay in place of the optimizer's; null for the optimizer's own.</summary>
    /// <exception cref="ConfigException">It is negative or not a number.</exception>
    public double? WeightDecay
    {
        get;
        init => field = value is { } decay ? Check.NotNegative(nameof(ParameterGroup), decay, "weight decay") : null;
    }
}
