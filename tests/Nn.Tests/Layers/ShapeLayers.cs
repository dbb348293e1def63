using MiniStack.Nn;
using static MiniStack.Tests.LayerTable;

namespace MiniStack.Tests;

/// <summary>Pools, padding, resizing and other shapes.</summary>
internal static class ShapeLayers
{
    private static readonly Shape Image = [2, 3, 6, 8], Sequence = [2, 3, 9];

    public static LayerRow[] Rows { get; } =
    [
        Row("any", _ => new Identity(), [2, 3]).Like("Identity", "identity"),
        Row("all but the batch", _ => new Flatten(), [2, 3, 2, 2]).Like("Flatten", "flatten"),
        Row("some axes", _ => new Flatten(0, -2), [2, 3, 2, 2]).Like("Flatten", "flatten_some"),
        Row("the rest left open", _ => new Unflatten(1, 2, -1), [2, 6, 2]).Like("Unflatten", "unflatten") with { TakesEmptyBatch = false },
        Row("any", _ => new ZeroPad2d(1, 2, 0, 3), [2, 1, 3, 2]).Like("ZeroPad2d", "zero_pad2d"),
        Row("any", _ => new ZeroPad1d(1, 2), [2, 1, 3]).Composed("zero_pad1d"),
        Row("nearest, by a factor", _ => new Upsample(scale: 2), [2, 2, 3, 2]).Like("Upsample", "upsample_nearest"),
        Row("bilinear, to a size", _ => new Upsample((5, 3), mode: UpsampleMode.Bilinear), [2, 2, 3, 2]).Like("Upsample", "upsample_bilinear"),
        Row("bilinear, corners aligned", _ => new Upsample((5, 3), null, UpsampleMode.Bilinear, true), [2, 2, 3, 2]).Like("Upsample", "upsample_aligned"),
        Row("side by side", _ => new MaxPool1d(2), Sequence).Like("MaxPool1d", "max_pool1d"),
        Row("padded", _ => new MaxPool1d(3, 2, 1), Sequence).Like("MaxPool1d", "max_pool1d_padded"),
        Row("side by side", _ => new MaxPool2d(2), Image).Like("MaxPool2d", "max_pool2d"),
        Row("oblong", _ => new MaxPool2d((2, 3), (1, 2), (1, 0)), Image).Like("MaxPool2d", "max_pool2d_oblong"),
        Row("side by side", _ => new AvgPool1d(2), Sequence).Like("AvgPool1d", "avg_pool1d"),
        Row("padded", _ => new AvgPool1d(3, 2, 1), Sequence).Like("AvgPool1d", "avg_pool1d_padded"),
        Row("side by side", _ => new AvgPool2d(2), Image).Like("AvgPool2d", "avg_pool2d"),
        Row("oblong", _ => new AvgPool2d((2, 3), (1, 2), (1, 0)), Image).Like("AvgPool2d", "avg_pool2d_oblong"),
        Row("any", _ => new AdaptiveAvgPool1d(4), Sequence).Like("AdaptiveAvgPool1d", "adaptive_avg_pool1d"),
        Row("any", _ => new AdaptiveAvgPool2d((1, 3)), Image).Like("AdaptiveAvgPool2d", "adaptive_avg_pool2d"),
        Row("any", _ => new AdaptiveMaxPool1d(4), Sequence).Like("AdaptiveMaxPool1d", "adaptive_max_pool1d"),
        Row("any", _ => new AdaptiveMaxPool2d((2, 3)), Image).Like("AdaptiveMaxPool2d", "adaptive_max_pool2d"),
    ];
}
