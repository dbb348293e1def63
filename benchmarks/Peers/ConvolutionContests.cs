namespace MiniStack.Benchmarks.Peers;

/// <summary>Convolutions of 16 images: the layers of ResNet-18, and a small one. Each gradient is asked for alone.</summary>
internal static class ConvolutionContests
{
    private const int Batch = 16;

    // Channels, outputs, height and width, kernel, stride, padding.
    private static readonly (int Channels, int Outputs, int Size, int Kernel, int Stride, int Padding)[] Layers =
    [
        (32, 64, 28, 3, 1, 1), (3, 64, 224, 7, 2, 3), (64, 64, 56, 3, 1, 1), (64, 128, 56, 3, 2, 1), (64, 128, 56, 1, 2, 0),
        (128, 128, 28, 3, 1, 1), (256, 256, 14, 3, 1, 1), (512, 512, 7, 3, 1, 1),
    ];

    public static IEnumerable<Contest> All()
    {
        foreach (var layer in Layers)
        {
            (int channels, int outputs, int size, int kernel, int stride, int padding) = layer;
            var options = new ConvOptions { Stride = stride, Padding = padding };
            int results = (size + 2 * padding - kernel) / stride + 1;
            Limit flops = Limit.Flops(2.0 * Batch * outputs * results * results * channels * kernel * kernel);
            Asked asked = new(0.9);
            string shape = $"{Batch}x{channels}x{size}x{outputs}x{kernel}x{stride}x{padding}";
            Shape x = [Batch, channels, size, size], w = [outputs, channels, kernel, kernel], y = [Batch, outputs, results, results];
            yield return new("conv", shape, () => Make(x, w, (a, b) => a.Conv2d(b, null, stride, padding)), flops, asked);
            yield return new("conv input gradient", shape, () => Make(y, w, (a, b) => Fused.Conv2dInputGradient(a, b, size, options)), flops, asked);
            yield return new("conv weight gradient", shape, () => Make(x, y, (a, b) => Fused.Conv2dWeightGradient(a, b, kernel, options)), flops, asked);
        }
    }

    private static Case Make(Shape first, Shape second, Func<Tensor, Tensor, Tensor> call)
    {
        var rng = new Rng(7);
        Tensor a = Tensor.Normal(first, rng), b = Tensor.Normal(second, rng);
        return Case.Forward(() => call(a, b));
    }
}
