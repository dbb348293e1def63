using MiniStack.Nn;
using static MiniStack.Tests.LayerTable;

namespace MiniStack.Tests;

/// <summary>Convolutions, norms of channels, and bags of embeddings.</summary>
internal static class ConvolutionLayers
{
    private static readonly Shape Image = [2, 4, 6, 5], Sequence = [2, 4, 8], Small = [2, 4, 3, 2];
    private static readonly Tensor Indices = Tensor.CopyOf([1L, 4, 1, 0, 3, 2]), Offsets = Tensor.CopyOf([0L, 2, 2, 5]);

    public static LayerRow[] Rows { get; } =
    [
        Row("any", rng => new Conv1d(4, 6, 3, rng), Sequence).Like("Conv1d", "conv1d"),
        Row("all options", rng => new Conv1d(4, 6, 3, rng, 2, 1, 2, 2, bias: false), Sequence).Like("Conv1d", "conv1d_options"),
        Row("any", rng => new Conv2d(4, 3, 3, rng), Image).Like("Conv2d", "conv2d"),
        Row("all options", rng => new Conv2d(4, 6, (3, 2), rng, (2, 1), (2, 1), (1, 2), 2), Image).Like("Conv2d", "conv2d_options"),
        Row("without bias", rng => new Conv2d(4, 3, (1, 3), rng, bias: false), Image).Like("Conv2d", "conv2d_without_bias"),
        Row("any", rng => new ConvTranspose1d(4, 6, 3, rng), Sequence).Like("ConvTranspose1d", "conv_transpose1d"),
        Row("all options", rng => new ConvTranspose1d(4, 6, 3, rng, 2, 1, 1, 2, 2, bias: false), Sequence).Like("ConvTranspose1d", "conv_transpose1d_options"),
        Row("any", rng => new ConvTranspose2d(4, 3, 3, rng), Small).Like("ConvTranspose2d", "conv_transpose2d"),
        Row("all options", rng => new ConvTranspose2d(4, 6, (3, 2), rng, (2, 3), (1, 0), (1, 2), (2, 1), 2), Small).Like("ConvTranspose2d", "conv_transpose2d_options"),
        .. new[]
        {
            Row("a matrix", _ => new BatchNorm(3), [[5, 3]], ThreeCalls).Like("BatchNorm1d", "batch_norm1d"),
            Row("sequences", _ => new BatchNorm(3, 0.1, 0.3), [[2, 3, 4]], ThreeCalls).Like("BatchNorm1d", "batch_norm1d_sequences"),
            Row("images", _ => new BatchNorm(3), [[2, 3, 2, 3]], ThreeCalls).Like("BatchNorm2d", "batch_norm2d"),
            Row("plain average", _ => new BatchNorm(3, momentum: null), [[5, 3]], ThreeCalls).Like("BatchNorm1d", "batch_norm_average"),
            Row("not affine", _ => new BatchNorm(3, affine: false), [[5, 3]], ThreeCalls).Like("BatchNorm1d", "batch_norm_plain"),
            Row("evaluating", _ => new BatchNorm(3), [2, 3, 2, 3]).Like("BatchNorm2d", "batch_norm_evaluating") with { Evaluating = true },
        }.Select(row => row with { DiffersInTraining = true, TakesEmptyBatch = row.Evaluating }),
        Row("without statistics", _ => new BatchNorm(3, trackRunningStats: false), [[5, 3]], ThreeCalls)
            .Like("BatchNorm1d", "batch_norm_without_statistics") with { TakesEmptyBatch = false },
        Row("without statistics, evaluating", _ => new BatchNorm(3, trackRunningStats: false), [5, 3])
            .Like("BatchNorm1d", "batch_norm_without_statistics_evaluating") with { TakesEmptyBatch = false, Evaluating = true },
        Row("any", _ => new GroupNorm(2, 4), [2, 4, 3]).Like("GroupNorm", "group_norm"),
        Row("not affine", _ => new GroupNorm(4, 4, 0.1, affine: false), Small).Like("GroupNorm", "group_norm_plain"),
        Row("any", _ => new InstanceNorm(4), [2, 4, 3]).Like("InstanceNorm1d", "instance_norm1d"),
        Row("affine", _ => new InstanceNorm(4, 0.1, affine: true), Small).Like("InstanceNorm2d", "instance_norm2d_affine"),
        Row("averages", rng => new EmbeddingBag(5, 3, rng), [], (table, _) => table.Call(On(table))).Like("EmbeddingBag", "embedding_bag_mean"),
        Row("maxima of bags of one size", rng => new EmbeddingBag(5, 3, rng, EmbeddingBagMode.Max), [],
            (table, _) => table.Call(Bags.OfRows(On(table).Indices.Reshape(2, 3)))).Like("EmbeddingBag", "embedding_bag_max"),
        Row("weighted sums", rng => new EmbeddingBag(5, 3, rng, EmbeddingBagMode.Sum), [[6]],
            (table, x) => table.Call(On(table) with { Weights = x[0] })).Like("EmbeddingBag", "embedding_bag_weights") with { TakesEmptyBatch = false },
    ];

    private static Variable ThreeCalls(BatchNorm norm, Variable[] x) => Flat(norm.Call(x[0]), norm.Call(2 * x[0] + 1), norm.Call(x[0] * x[0]));

    private static Bags On(EmbeddingBag table) => new(Indices.To(table.Weight.Value.Device), Offsets.To(table.Weight.Value.Device));
}
