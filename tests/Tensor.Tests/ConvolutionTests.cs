namespace MiniStack.Tests;

/// <summary>Convolutions of any size and options, on any number of threads.</summary>
[Collection(nameof(ProcessWide))]
public class ConvolutionTests : IDisposable
{
    private readonly int _count = CpuThreads.Count;

    public void Dispose() => CpuThreads.Count = _count;

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Convolutions_AnySizesAndOptions_EqualReference(DType dtype)
    {
        var rng = new Rng(11);
        for (int i = 0; i < 120; i++)
        {
            Case c = Case.Any(rng);
            (Tensor x, Tensor weight, Tensor dy) = c.Operands(rng, dtype);
            int terms = weight.Shape[1] * weight.Shape[2] * weight.Shape[3], pixels = dy.Shape[0] * dy.Shape[2] * dy.Shape[3];
            Tensor bias = Tensor.Uniform([weight.Shape[0]], rng, -1).To(dtype), other = Tensor.Uniform([x.Shape[1]], rng, -1).To(dtype);
            AssertSame(terms, c, t => c.Conv2d(t[0], t[1], t[2]), x, weight, bias);
            AssertSame(terms * weight.Shape[0], c, t => Fused.Conv2dInputGradient(t[0], t[1], c.Size, c.Options), dy, weight);
            AssertSame(terms * weight.Shape[0], c, t => c.ConvTranspose2d(t[0], t[1], t[2]), dy, weight, other);
            AssertSame(pixels, c, t => Fused.Conv2dWeightGradient(t[0], t[1], c.Kernel, c.Options), x, dy);
        }
    }

    [Theory]
    [InlineData(3, 32, 28, 33, 3, 1, 1)]
    [InlineData(2, 3, 61, 20, 7, 2, 3)]
    [InlineData(9, 70, 7, 130, 3, 1, 1)]
    [InlineData(2, 40, 30, 40, 1, 2, 0)]
    public void Convolutions_AnyThreadCount_SameBits(int batch, int channels, int size, int outputs, int kernel, int stride, int padding)
    {
        var rng = new Rng(3);
        Tensor x = Tensor.Uniform([batch, channels, size, size], rng, -1), weight = Tensor.Uniform([outputs, channels, kernel, kernel], rng, -1);
        var options = new ConvOptions { Stride = stride, Padding = padding };
        CpuThreads.Count = 1;
        Tensor y = x.Conv2d(weight, null, stride, padding);
        Tensor dx = Fused.Conv2dInputGradient(y, weight, size, options), dweight = Fused.Conv2dWeightGradient(x, y, kernel, options);
        foreach (int threads in (int[])[2, 4, 7])
        {
            CpuThreads.Count = threads;
            TensorAssert.SameBits(y, x.Conv2d(weight, null, stride, padding), $"result, {threads} threads");
            TensorAssert.SameBits(dx, Fused.Conv2dInputGradient(y, weight, size, options), $"gradient of the input, {threads} threads");
            TensorAssert.SameBits(dweight, Fused.Conv2dWeightGradient(x, y, kernel, options), $"gradient of the weight, {threads} threads");
        }
    }

    [Fact]
    public void Conv2d_OneImageOfABatch_HasTheBitsThatItHasAlone()
    {
        var rng = new Rng(5);
        Tensor x = Tensor.Uniform([5, 9, 7, 7], rng, -1), weight = Tensor.Uniform([13, 9, 3, 3], rng, -1);
        Tensor all = x.Conv2d(weight, padding: 1);
        for (int i = 0; i < 5; i++) TensorAssert.SameBits(all.Slice(0, i, 1), x.Slice(0, i, 1).Conv2d(weight, padding: 1), $"image {i}");
    }

    [Fact]
    public void Conv2d_NotANumber_StaysWhereTheKernelReaches()
    {
        Tensor x = Tensor.Zeros([1, 1, 9, 40]);
        x.Slice(2, 4, 1).Slice(3, 20, 1).Fill(double.NaN);
        Tensor y = x.Conv2d(Tensor.Ones([13, 1, 3, 3]), padding: 1);
        Assert.Equal(13 * 9, y.ToArray<float>().Count(float.IsNaN));
    }

    [Fact]
    public void Convolutions_SteadyState_RentOnlyWhatCameBack()
    {
        var rng = new Rng(1);
        Tensor x = Tensor.Uniform([4, 20, 14, 14], rng), weight = Tensor.Uniform([30, 20, 3, 3], rng);
        long before = 0;
        for (int step = 0; step < 4; step++)
        {
            using MemoryScope scope = MemoryScope.Begin();
            Tensor y = x.Conv2d(weight, padding: 1);
            _ = Fused.Conv2dInputGradient(y, weight, 14, new() { Padding = 1 });
            _ = Fused.Conv2dWeightGradient(x, y, 3, new() { Padding = 1 });
            if (step == 1) before = CpuMemory.FreshBlocks;
        }
        Assert.Equal(before, CpuMemory.FreshBlocks);
    }

    private static void AssertSame(int terms, Case c, Func<Tensor[], Tensor> call, params Tensor[] inputs)
    {
        Tensor expected = call(Array.ConvertAll(inputs, input => input.To(Device.Reference))).To(Device.Cpu), actual = call(inputs);
        TensorAssert.Close(expected, actual, Tolerance.OfSum(actual.DType, terms), $"{c}");
    }

    /// <summary>Sizes and options that fit together.</summary>
    private sealed record Case(int Batch, int Channels, int Outputs, Pair Size, Pair Kernel, ConvOptions Options)
    {
        public static Case Any(Rng rng)
        {
            Pair kernel = (1 + rng.Next(4), 1 + rng.Next(4)), dilation = (1 + rng.Next(2), 1 + rng.Next(3)), padding = (rng.Next(4), rng.Next(4));
            Pair least = ((kernel.Height - 1) * dilation.Height + 1, (kernel.Width - 1) * dilation.Width + 1);
            int groups = 1 + rng.Next(3);
            return new(
                1 + rng.Next(4), groups * (1 + rng.Next(6)), groups * (1 + rng.Next(15)), (least.Height + rng.Next(12), least.Width + rng.Next(40)), kernel,
                new((1 + rng.Next(3), 1 + rng.Next(3)), padding, dilation, groups));
        }

        public (Tensor X, Tensor Weight, Tensor Dy) Operands(Rng rng, DType dtype)
        {
            Tensor x = Tensor.Uniform([Batch, Channels, Size.Height, Size.Width], rng, -1).To(dtype);
            Tensor weight = Tensor.Uniform([Outputs, Channels / Options.Groups, Kernel.Height, Kernel.Width], rng, -1).To(dtype);
            return (x, weight, Tensor.Uniform(Conv2d(x, weight, null).Shape, rng, -1).To(dtype));
        }

        public Tensor Conv2d(Tensor x, Tensor weight, Tensor? bias) =>
            x.Conv2d(weight, bias, Options.Stride, Options.Padding, Options.Dilation, Options.Groups);

        /// <summary>With so little padding that something is left.</summary>
        public Tensor ConvTranspose2d(Tensor x, Tensor weight, Tensor bias)
        {
            Pair padding = (Math.Min(Options.Padding.Height, (Kernel.Height - 1) / 2), Math.Min(Options.Padding.Width, (Kernel.Width - 1) / 2));
            return x.ConvTranspose2d(weight, bias, Options.Stride, padding, 0, Options.Dilation, Options.Groups);
        }
    }
}
