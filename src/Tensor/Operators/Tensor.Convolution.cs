namespace MiniStack;

public sealed partial class Tensor
{
    /// <summary>Convolution along one axis: <see cref="Conv2d"/> of images one pixel high.</summary>
    /// <param name="weight">[outputs, channels / groups, kernel].</param>
    /// <param name="bias">[outputs], or null for none.</param>
    /// <param name="stride">Positions from one result to the next.</param>
    /// <param name="padding">Zeros before and after this tensor.</param>
    /// <param name="dilation">Positions from one weight of the kernel to the next.</param>
    /// <param name="groups">Parts of the channels that do not see each other.</param>
    /// <returns>[batch, outputs, results] for this tensor [batch, channels, length].</returns>
    /// <exception cref="ShapeException">The shapes do not fit together, or the kernel does not fit the padded input.</exception>
    /// <exception cref="ConfigException">A stride, a padding, a dilation or the groups make no sense.</exception>
    public Tensor Conv1d(Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0, int dilation = 1, int groups = 1)
    {
        ConvOptions options = ConvChecks.Line(stride, padding, dilation, groups);
        ConvChecks.Convolution(nameof(Conv1d), 1, this, weight, bias, options);
        return Convolve(AsImages(), weight.AsImages(), bias, options).FromImages();
    }

    /// <summary>
    /// Convolution (without turning the kernel round, as in every deep-learning framework): each result is a weighted sum of the input
    /// around it.
    /// </summary>
    /// <param name="weight">[outputs, channels / groups, kernel height, kernel width].</param>
    /// <param name="bias">[outputs], or null for none.</param>
    /// <param name="stride">Pixels from one result to the next; 1 by default.</param>
    /// <param name="padding">Zeros around this tensor; 0 by default.</param>
    /// <param name="dilation">Pixels from one weight of the kernel to the next; 1 by default.</param>
    /// <param name="groups">Parts of the channels that do not see each other; as many as channels is a depthwise convolution.</param>
    /// <returns>[batch, outputs, rows, columns] for this tensor [batch, channels, height, width], with
    /// rows = ⌊(height + 2·padding − dilation·(kernel height − 1) − 1) / stride⌋ + 1.</returns>
    /// <exception cref="ShapeException">The shapes do not fit together, or the kernel does not fit the padded input.</exception>
    /// <exception cref="ConfigException">A stride, a padding, a dilation or the groups make no sense.</exception>
    /// <remarks>Dumoulin and Visin 2016, arXiv:1603.07285, explain sizes, strides and padding in pictures.</remarks>
    public Tensor Conv2d(
        Tensor weight, Tensor? bias = null, Pair? stride = null, Pair? padding = null, Pair? dilation = null, int groups = 1)
    {
        var options = new ConvOptions(stride, padding, dilation, groups);
        ConvChecks.Convolution(nameof(Conv2d), 2, this, weight, bias, options);
        return Convolve(this, weight, bias, options);
    }

    /// <summary>Transposed convolution along one axis: <see cref="ConvTranspose2d"/> of images one pixel high.</summary>
    /// <param name="weight">[channels, outputs / groups, kernel].</param>
    /// <param name="bias">[outputs], or null for none.</param>
    /// <param name="stride">Positions of the result from one input to the next.</param>
    /// <param name="padding">Positions that the result loses at either end.</param>
    /// <param name="outputPadding">Positions that it gains at its end, since several inputs of a convolution have results of one
    /// size.</param>
    /// <param name="dilation">Positions from one weight of the kernel to the next.</param>
    /// <param name="groups">Parts of the channels that do not see each other.</param>
    /// <returns>[batch, outputs, results] for this tensor [batch, channels, length].</returns>
    /// <exception cref="ShapeException">The shapes do not fit together, or nothing of the result is left.</exception>
    /// <exception cref="ConfigException">A stride, a padding, a dilation or the groups make no sense.</exception>
    public Tensor ConvTranspose1d(
        Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0, int outputPadding = 0, int dilation = 1, int groups = 1)
    {
        ConvOptions options = ConvChecks.Line(stride, padding, dilation, groups);
        Pair size = ConvChecks.Transposed(nameof(ConvTranspose1d), 1, this, weight, bias, options, new(0, outputPadding));
        return TransposeConvolution(AsImages(), weight.AsImages(), bias, options, size).FromImages();
    }

    /// <summary>
    /// Transposed convolution, the gradient of <see cref="Conv2d"/> with respect to its input: each input adds its multiple of the kernel
    /// to the result.
    /// </summary>
    /// <param name="weight">[channels, outputs / groups, kernel height, kernel width].</param>
    /// <param name="bias">[outputs], or null for none.</param>
    /// <param name="stride">Pixels of the result from one input to the next; 1 by default.</param>
    /// <param name="padding">Pixels that the result loses at each border; 0 by default.</param>
    /// <param name="outputPadding">Pixels that it gains at the bottom and at the right, since several inputs of a convolution have results
    /// of one size.</param>
    /// <param name="dilation">Pixels from one weight of the kernel to the next; 1 by default.</param>
    /// <param name="groups">Parts of the channels that do not see each other.</param>
    /// <returns>[batch, outputs, rows, columns] for this tensor [batch, channels, height, width], with
    /// rows = (height − 1)·stride − 2·padding + dilation·(kernel height − 1) + outputPadding + 1.</returns>
    /// <exception cref="ShapeException">The shapes do not fit together, or nothing of the result is left.</exception>
    /// <exception cref="ConfigException">A stride, a padding, a dilation or the groups make no sense.</exception>
    /// <remarks>Zeiler et al. 2010, doi:10.1109/CVPR.2010.5539957; Dumoulin and Visin 2016, arXiv:1603.07285, chapter 4.</remarks>
    public Tensor ConvTranspose2d(
        Tensor weight, Tensor? bias = null, Pair? stride = null, Pair? padding = null, Pair? outputPadding = null, Pair? dilation = null,
        int groups = 1)
    {
        var options = new ConvOptions(stride, padding, dilation, groups);
        Pair size = ConvChecks.Transposed(nameof(ConvTranspose2d), 2, this, weight, bias, options, outputPadding ?? 0);
        return TransposeConvolution(this, weight, bias, options, size);
    }

    private static Tensor Convolve(Tensor x, Tensor weight, Tensor? bias, in ConvOptions options) =>
        Convolve(x, weight, bias, options, options.Output(x.ImageSize, weight.ImageSize));

    /// <summary>The first rows and columns of a convolution, once all is known to fit.</summary>
    internal static Tensor Convolve(Tensor x, Tensor weight, Tensor? bias, in ConvOptions options, Pair size)
    {
        Tensor y = Empty([x.Shape[0], weight.Shape[0], size.Height, size.Width], x.DType, x.Device);
        x.Backend.Conv2d(x, weight, bias, y, options.WithStops(size));
        return y;
    }

    /// <summary>A transposed convolution of a given size, once all is known to fit.</summary>
    internal static Tensor TransposeConvolution(Tensor x, Tensor weight, Tensor? bias, in ConvOptions options, Pair size)
    {
        Tensor y = Empty([x.Shape[0], weight.Shape[1] * options.Groups, size.Height, size.Width], x.DType, x.Device);
        x.Backend.ConvTranspose2d(x, weight, bias, y, options.WithStops(x.ImageSize));
        return y;
    }

    /// <summary>Height and width: the last two axes.</summary>
    internal Pair ImageSize => new(Shape[^2], Shape[^1]);

    private Tensor AsImages() => Unsqueeze(2);

    private Tensor FromImages() => Squeeze(2);
}
