namespace MiniStack.Nn;

/// <summary>
/// The transposed convolution of images: each place of x adds the kernel, times itself, to the result; with a stride it makes images
/// larger.
/// </summary>
/// <remarks>Zeiler et al. 2010, doi:10.1109/CVPR.2010.5539957; Dumoulin and Visin 2016, arXiv:1603.07285.</remarks>
public sealed class ConvTranspose2d : Convolution
{
    private readonly Pair _stride, _padding, _outputPadding, _dilation;
    private readonly int _groups;

    /// <summary>A layer with PyTorch's start values.</summary>
    /// <param name="inputs">Channels of x.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <param name="kernel">Size of a window.</param>
    /// <param name="rng">Source of the start values.</param>
    /// <param name="stride">From one window to the next; 1 by default.</param>
    /// <param name="padding">Places that the result loses on each side.</param>
    /// <param name="outputPadding">Rows and columns added at one end of the result: of the sizes that the stride makes alike, which
    /// one.</param>
    /// <param name="dilation">From one place in a window to the next; 1 by default.</param>
    /// <param name="groups">Channels fall into so many groups, each of which sees only itself; divides inputs and outputs.</param>
    /// <param name="bias">Whether to add a number to each output channel.</param>
    /// <exception cref="ConfigException">A size is below 1, the padding negative, or groups do not divide the channels, or an output
    /// padding not below stride or dilation.</exception>
    public ConvTranspose2d(
        int inputs, int outputs, Pair kernel, Rng rng, Pair? stride = null, Pair padding = default, Pair outputPadding = default,
        Pair? dilation = null, int groups = 1, bool bias = true)
        : base(
            [
                .. Channels(
                    nameof(ConvTranspose2d), inputs, outputs, kernel, stride ?? 1, padding, dilation ?? 1, groups, transposed: true),
                kernel.Height, kernel.Width
            ],
            outputs, bias, rng)
    {
        CheckOutputPadding(nameof(ConvTranspose2d), outputPadding, stride ?? 1, dilation ?? 1);
        (_stride, _padding, _outputPadding, _dilation, _groups) = (stride ?? 1, padding, outputPadding, dilation ?? 1, groups);
    }

    /// <param name="x">[batch, inputs, height, width].</param>
    /// <returns>[batch, outputs, (height − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding + 1, the same of the
    /// width].</returns>
    /// <exception cref="ShapeException">x has other channels, or is smaller than a window.</exception>
    public override Variable Forward(Variable x) => x.ConvTranspose2d(Weight, Bias, _stride, _padding, _outputPadding, _dilation, _groups);
}
