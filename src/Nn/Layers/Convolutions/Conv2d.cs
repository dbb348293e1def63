namespace MiniStack.Nn;

/// <summary>Convolution of images: each output is a weighted sum over a window of all input channels of its group.</summary>
/// <remarks>LeCun et al. 1989, doi:10.1162/neco.1989.1.4.541; Dumoulin and Visin 2016, arXiv:1603.07285.</remarks>
public sealed class Conv2d : Convolution
{
    private readonly Pair _stride, _padding, _dilation;
    private readonly int _groups;

    /// <summary>A layer with PyTorch's start values.</summary>
    /// <param name="inputs">Channels of x.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <param name="kernel">Size of a window.</param>
    /// <param name="rng">Source of the start values.</param>
    /// <param name="stride">From one window to the next; 1 by default.</param>
    /// <param name="padding">Zeros added on each side.</param>
    /// <param name="dilation">From one place in a window to the next; 1 by default.</param>
    /// <param name="groups">Channels fall into so many groups, each of which sees only itself; divides inputs and outputs.</param>
    /// <param name="bias">Whether to add a number to each output channel.</param>
    /// <exception cref="ConfigException">A size is below 1, the padding negative, or groups do not divide the channels.</exception>
    public Conv2d(
        int inputs, int outputs, Pair kernel, Rng rng, Pair? stride = null, Pair padding = default, Pair? dilation = null, int groups = 1,
        bool bias = true)
        : base(
            [
                .. Channels(nameof(Conv2d), inputs, outputs, kernel, stride ?? 1, padding, dilation ?? 1, groups),
                kernel.Height, kernel.Width
            ],
            outputs, bias, rng)
    {
        (_stride, _padding, _dilation, _groups) = (stride ?? 1, padding, dilation ?? 1, groups);
    }

    /// <param name="x">[batch, inputs, height, width].</param>
    /// <returns>[batch, outputs, (height + 2·padding − dilation·(kernel − 1) − 1)/stride + 1, rounded down, the same of the
    /// width].</returns>
    /// <exception cref="ShapeException">x has other channels, or is smaller than a window.</exception>
    public override Variable Forward(Variable x) => x.Conv2d(Weight, Bias, _stride, _padding, _dilation, _groups);
}
