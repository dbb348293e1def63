namespace MiniStack.Benchmarks.Peers;

/// <summary>Order and running sums: many rows of a thousand, and one long row.</summary>
internal static class SortContests
{
    private const double Asked = 0.9;
    private static readonly Shape Rows = [4096, 1000], Row = [1, 1 << 20];

    public static IEnumerable<Contest> All() =>
    [
        .. ShapeContest.Pair("sort", Rows, x => x.Sort().Values, Asked),
        ShapeContest.Forward("sort", Row, x => x.Sort().Values, Asked),
        .. ShapeContest.Pair("topk 10", Rows, x => x.TopK(10).Values, Asked),
        .. ShapeContest.Pair("cumsum", Rows, x => x.CumSum(), Asked),
        .. ShapeContest.Pair("cumsum-axis0", Rows, x => x.CumSum(0), Asked),
    ];
}
