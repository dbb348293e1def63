namespace MiniStack.Tests;

/// <summary>The one table: every operator, family by family. All tests of this project and docs/operators.md are made from it.</summary>
internal static class OperatorTable
{
    public static Operator[] All { get; } =
    [
        .. ElementwiseOperators.All,
        .. ConvolutionOperators.All,
    ];

    public static Dictionary<string, Operator> ByName { get; } = All.ToDictionary(op => op.Name);

    public static Sample SampleOf(string name, string condition) => ByName[name].Samples.Single(sample => sample.Condition == condition);
}
