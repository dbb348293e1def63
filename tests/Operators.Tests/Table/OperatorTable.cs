namespace MiniStack.Tests;

/// <summary>The one table: every operator, family by family. All tests of this project and docs/operators.md are made from it.</summary>
internal static class OperatorTable
{
    public static Operator[] All { get; } =
    [
        .. ElementwiseOperators.All,
        .. ArithmeticOperators.All,
        .. ReductionOperators.All,
        .. ProductOperators.All,
        .. RowOperators.All,
        .. ShapeOperators.All,
        .. PickOperators.All,
        .. SortOperators.All,
        .. PoolingOperators.All,
        .. NormOperators.All,
        .. StatisticsOperators.All,
        .. LossOperators.All,
        .. EmbeddingOperators.All,
        .. AttentionOperators.All,
        .. ConvolutionOperators.All,
    ];

    public static Dictionary<string, Operator> ByName { get; } = All.ToDictionary(op => op.Name);

    public static Sample SampleOf(string name, string condition) => ByName[name].Samples.Single(sample => sample.Condition == condition);
}
