namespace MiniStack.Nn;

/// <summary>Convolution of sequences: each output is a weighted sum over a window of all input channels of its group.</summary>
public sealed class Conv1d : Convolution
{
    private readonly int _stride, _padding, _dilation;
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
    public Conv1d(
        int inputs, int outputs, int kernel, Rng rng, int stride = 1, int padding = 0, int dilation = 1, int groups = 1, bool bias = true)
        : base([.. Channels(nameof(Conv1d), inputs, outputs, kernel, stride, padding, dilation, groups), kernel], outputs, bias, rng)
    {
        (_stride, _padding, _dilation, _groups) = (stride, padding, dilation, groups);
    }

    /// <param name="x">[batch, inputs, length].</param>
    /// <returns>[batch, outputs, (length + 2·padding − dilation·(kernel − 1) − 1)/stride + 1, rounded down].</returns>
    /// <exception cref="ShapeException">x has other channels, or is smaller than a window.</exception>
    public override Variable Forward(Variable x) => x.Conv1d(Weight, Bias, _stride, _padding, _dilation, _groups);
}
