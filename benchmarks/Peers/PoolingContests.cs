namespace MiniStack.Benchmarks.Peers;

/// <summary>Pools, resizing and norms of images, as convolutional networks have them.</summary>
internal static class PoolingContests
{
    private const double Asked = 0.9;
    private static readonly Shape Images = [16, 64, 112, 112], Features = [16, 64, 56, 56], Last = [16, 512, 7, 7];

    public static IEnumerable<Contest> All() =>
    [
        .. ShapeContest.Pair("max-pool 2", Images, x => x.MaxPool2d(2), Asked),
        .. ShapeContest.Pair("max-pool 3/2", Images, x => x.MaxPool2d(3, 2, 1), Asked),
        .. ShapeContest.Pair("avg-pool 2", Images, x => x.AvgPool2d(2), Asked),
        .. ShapeContest.Pair("avg-pool 3/2", Images, x => x.AvgPool2d(3, 2, 1), Asked),
        .. ShapeContest.Pair("adaptive-avg 1", Last, x => x.AdaptiveAvgPool2d(1), Asked),
        .. ShapeContest.Pair("nearest 2", Features, x => x.UpsampleNearest2d((112, 112)), Asked),
        .. ShapeContest.Pair("bilinear 2", Features, x => x.UpsampleBilinear2d((112, 112)), Asked),
        .. ShapeContest.Pair("batch-norm", Features, BatchNorm, 2, Asked),
        .. ShapeContest.Pair("group-norm 8", Features, (x, w) => x.GroupNorm(8, w[0], w[1]), 2, Asked),
    ];

    private static Variable BatchNorm(Variable x, Variable[] weights)
    {
        Tensor mean = Tensor.Zeros(weights[0].Shape), variance = Tensor.Ones(weights[0].Shape);
        return x.BatchNorm(weights[0], weights[1], mean, variance, training: true);
    }
}
