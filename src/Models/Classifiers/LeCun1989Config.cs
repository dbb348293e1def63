namespace MiniStack.Models;

/// <summary>The sizes of a <see cref="LeCun1989"/>.</summary>
/// <param name="Classes">Numbers that come out: ten digits in the paper.</param>
public sealed record LeCun1989Config(int Classes = 10) : IModelConfig
{
    /// <inheritdoc/>
    public long ParameterCount => (12 * 25 + 12 * 64) + (12 * 8 * 25 + 12 * 16) + Sizes.Linear(192, 30) + Sizes.Linear(30, Classes);

    /// <inheritdoc/>
    public void Check() => Sizes.Check(Classes, "number of classes", Sizes.MostEntries);
}
