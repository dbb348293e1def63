namespace MiniStack;

internal partial class ReferenceBackend
{
    /// <inheritdoc/>
    public override void Conv2d(Tensor x, Tensor weight, Tensor? bias, Tensor y, in ConvOptions options)
    {
        Cells from = new(x), weights = new(weight), biases = bias is null ? default : new(bias), to = new(y);
        int channels = weight.Shape[1], kernelHeight = weight.Shape[2], kernelWidth = weight.Shape[3], outputs = y.Shape[1];
        for (long at = 0; at < y.Count; at++)
        {
            (long b, int o, int i, int j) = Pixel(y, at);
            int first = o / (outputs / options.Groups) * channels; // of the group's channels in x
            double sum = bias is null ? 0 : biases[o];
            for (int c = 0; c < channels; c++)
            {
                for (int p = 0; p < kernelHeight; p++)
                {
                    for (int q = 0; q < kernelWidth; q++)
                    {
                        int row = Row(i, p, options), column = Column(j, q, options);
                        if (!IsInside(x, row, column)) continue;
                        sum += weights[Index(weight, o, c, p, q)] * from[Index(x, b, first + c, row, column)];
                    }
                }
            }
            to[at] = sum;
        }
    }

    /// <inheritdoc/>
    public override void ConvTranspose2d(Tensor x, Tensor weight, Tensor? bias, Tensor y, in ConvOptions options)
    {
        Cells from = new(x), weights = new(weight), biases = bias is null ? default : new(bias), to = new(y);
        int channels = weight.Shape[1], kernelHeight = weight.Shape[2], kernelWidth = weight.Shape[3], inputs = x.Shape[1];
        double[] sums = new double[y.Count];
        for (long at = 0; bias is not null && at < y.Count; at++) sums[at] = biases[Pixel(y, at).Channel];
        for (long at = 0; at < x.Count; at++)
        {
            (long b, int o, int i, int j) = Pixel(x, at);
            int first = o / (inputs / options.Groups) * channels;
            for (int c = 0; c < channels; c++)
            {
                for (int p = 0; p < kernelHeight; p++)
                {
                    for (int q = 0; q < kernelWidth; q++)
                    {
                        int row = Row(i, p, options), column = Column(j, q, options);
                        if (!IsInside(y, row, column)) continue;
                        sums[Index(y, b, first + c, row, column)] += weights[Index(weight, o, c, p, q)] * from[at];
                    }
                }
            }
        }
        for (int at = 0; at < sums.Length; at++) to[at] = sums[at];
    }

    /// <inheritdoc/>
    public override void Conv2dWeightGradient(Tensor x, Tensor dy, Tensor dweight, in ConvOptions options)
    {
        Cells from = new(x), grad = new(dy), to = new(dweight);
        int batch = dy.Shape[0], height = dy.Shape[2], width = dy.Shape[3], outputs = dweight.Shape[0], channels = dweight.Shape[1];
        for (long at = 0; at < dweight.Count; at++)
        {
            (long o, int c, int p, int q) = Pixel(dweight, at);
            int first = (int)o / (outputs / options.Groups) * channels;
            double sum = 0;
            for (int b = 0; b < batch; b++)
            {
                for (int i = 0; i < height; i++)
                {
                    for (int j = 0; j < width; j++)
                    {
                        int row = Row(i, p, options), column = Column(j, q, options);
                        if (!IsInside(x, row, column)) continue;
                        sum += grad[Index(dy, b, (int)o, i, j)] * from[Index(x, b, first + c, row, column)];
                    }
                }
            }
            to[at] = sum;
        }
    }

    /// <summary>The row that weight <paramref name="p"/> of the kernel sees from position <paramref name="i"/>.</summary>
    private static int Row(int i, int p, in ConvOptions options) =>
        i * options.Stride.Height + p * options.Dilation.Height - options.Padding.Height;

    private static int Column(int j, int q, in ConvOptions options) =>
        j * options.Stride.Width + q * options.Dilation.Width - options.Padding.Width;

    private static bool IsInside(Tensor image, int row, int column) =>
        (uint)row < (uint)image.Shape[2] && (uint)column < (uint)image.Shape[3];

    /// <summary>Row-major index of an element of a tensor of four axes.</summary>
    private static long Index(Tensor x, long b, int c, int i, int j) => ((b * x.Shape[1] + c) * x.Shape[2] + i) * x.Shape[3] + j;

    /// <summary>The other way: where on its four axes an element lies.</summary>
    private static (long Item, int Channel, int Row, int Column) Pixel(Tensor x, long index)
    {
        (index, long j) = Math.DivRem(index, x.Shape[3]);
        (index, long i) = Math.DivRem(index, x.Shape[2]);
        (index, long c) = Math.DivRem(index, x.Shape[1]);
        return (index, (int)c, (int)i, (int)j);
    }
}
