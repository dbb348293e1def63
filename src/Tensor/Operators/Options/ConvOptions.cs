namespace MiniStack;

/// <summary>How a convolution moves over its input.</summary>
/// <param name="Stride">Input pixels from one result to the next.</param>
/// <param name="Padding">Zeros before and after the input.</param>
/// <param name="Dilation">Input pixels from one weight of the kernel to the next.</param>
/// <param name="Groups">Parts of the channels that do not see each other; as many as channels is a depthwise convolution.</param>
public readonly record struct ConvOptions(Pair Stride, Pair Padding, Pair Dilation, int Groups)
{
    /// <summary>Stride 1, no padding, no dilation, one group.</summary>
    public ConvOptions()
        : this(1, 0, 1, 1)
    {
    }

    /// <summary>The options of an operator's call, where null is the default.</summary>
    internal ConvOptions(Pair? stride, Pair? padding, Pair? dilation, int groups)
        : this(stride ?? 1, padding ?? 0, dilation ?? 1, groups)
    {
    }

    /// <summary>Pixels from the first to the last weight of a kernel.</summary>
    internal Pair Reach(Pair kernel) => new(Reach(kernel.Height, Dilation.Height), Reach(kernel.Width, Dilation.Width));

    /// <summary>Size of a convolution's result; below 1 where the kernel does not fit.</summary>
    internal Pair Output(Pair input, Pair kernel)
    {
        Pair reach = Reach(kernel);
        return new(
            Output(input.Height, reach.Height, Stride.Height, Padding.Height),
            Output(input.Width, reach.Width, Stride.Width, Padding.Width));
    }

    /// <summary>Size of a transposed convolution's result, which is an input that the convolution makes to this one's input.</summary>
    internal Pair TransposedOutput(Pair input, Pair kernel, Pair outputPadding)
    {
        Pair reach = Reach(kernel);
        return new(
            Size((input.Height - 1L) * Stride.Height - 2L * Padding.Height + reach.Height + outputPadding.Height),
            Size((input.Width - 1L) * Stride.Width - 2L * Padding.Width + reach.Width + outputPadding.Width));
    }

    private static int Reach(int kernel, int dilation) => Size((kernel - 1L) * dilation + 1);

    private static int Size(long pixels) => Shape.ToSize(Math.Max(pixels, int.MinValue), "Convolution");

    /// <summary>
    /// The same for so many places to stop at: where there is one, the stride leads nowhere, and kernels need not make room for it.
    /// </summary>
    internal ConvOptions WithStops(Pair stops) =>
        this with { Stride = new(stops.Height == 1 ? 1 : Stride.Height, stops.Width == 1 ? 1 : Stride.Width) };

    // Not a plain division, which would cut a negative number up to 0.
    private static int Output(int input, int reach, int stride, int padding)
    {
        int room = Size(input + 2L * padding) - reach;
        return room < 0 ? 0 : room / stride + 1;
    }
}
