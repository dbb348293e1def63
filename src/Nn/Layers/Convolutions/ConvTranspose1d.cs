namespace MiniStack.Nn;

/// <summary>
/// The transposed convolution of sequences: each place of x adds the kernel, times itself, to the result; with a stride it makes sequences
/// larger.
/// </summary>
public sealed class ConvTranspose1d : Convolution
{
    private readonly int _stride, _padding, _outputPadding, _dilation;
    private readonly int _groups;

    /// <summary>A layer with PyTorch's start values.</summary>
    /// <param name="inputs">Channels of x.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <param name="kernel">Size of a window.</param>
    /// <param name="rng">Source of the start values.</param>
    /// <param name="stride">From one window to the next; 1 by default.</param>
    /// <param name="padding">Places that the result loses on each side.</param>
    /// <param name="outputPadding">Places added at one end of the result: of the sizes that the stride makes alike, which one.</param>
    /// <param name="dilation">From one place in a window to the next; 1 by default.</param>
    /// <param name="groups">Channels fall into so many groups, each of which sees only itself; divides inputs and outputs.</param>
    /// <param name="bias">Whether to add a number to each output channel.</param>
    /// <exception cref="ConfigException">A size is below 1, the padding negative, or groups do not divide the channels, or an output
    /// padding not below stride or dilation.</exception>
    public ConvTranspose1d(
        int inputs, int outputs, int kernel, Rng rng, int stride = 1, int padding = 0, int outputPadding = 0, int dilation = 1,
        int groups = 1, bool bias = true)
        : base(
            [.. Channels(nameof(ConvTranspose1d), inputs, outputs, kernel, stride, padding, dilation, groups, transposed: true), kernel],
            outputs, bias, rng)
    {
        CheckOutputPadding(nameof(ConvTranspose1d), outputPadding, stride, dilation);
        (_stride, _padding, _outputPadding, _dilation, _groups) = (stride, padding, outputPadding, dilation, groups);
    }

    /// <param name="x">[batch, inputs, length].</param>
    /// <returns>[batch, outputs, (length − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding + 1].</returns>
    /// <exception cref="ShapeException">x has other channels, or is smaller than a window.</exception>
    public override Variable Forward(Variable x) => x.ConvTranspose1d(Weight, Bias, _stride, _padding, _outputPadding, _dilation, _groups);
}
