namespace MiniStack;

public static partial class Fused
{
    /// <summary>Gradient of <see cref="Tensor.Conv2d"/> with respect to its input: the transposed convolution of a given size.</summary>
    /// <param name="dy">The result's gradient, [batch, outputs, rows, columns].</param>
    /// <param name="weight">[outputs, channels / groups, kernel height, kernel width].</param>
    /// <param name="size">The input's height and width.</param>
    /// <param name="options">Of the convolution.</param>
    /// <returns>[batch, channels, height, width].</returns>
    /// <exception cref="ShapeException">dy cannot be the gradient of such a convolution.</exception>
    /// <exception cref="ConfigException">The options make no sense.</exception>
    internal static Tensor Conv2dInputGradient(Tensor dy, Tensor weight, Pair size, in ConvOptions options)
    {
        ConvChecks.InputGradient(nameof(Conv2dInputGradient), dy, weight, size, options);
        return Tensor.TransposeConvolution(dy, weight, null, options, size);
    }

    /// <summary>Gradient of <see cref="Tensor.Conv2d"/> with respect to its weight.</summary>
    /// <param name="x">The input, [batch, channels, height, width].</param>
    /// <param name="dy">The result's gradient, [batch, outputs, rows, columns].</param>
    /// <param name="kernel">The weight's height and width.</param>
    /// <param name="options">Of the convolution.</param>
    /// <returns>[outputs, channels / groups, kernel height, kernel width].</returns>
    /// <exception cref="ShapeException">dy cannot be the gradient of such a convolution.</exception>
    /// <exception cref="ConfigException">The options or the kernel make no sense.</exception>
    internal static Tensor Conv2dWeightGradient(Tensor x, Tensor dy, Pair kernel, in ConvOptions options)
    {
        ConvChecks.WeightGradient(nameof(Conv2dWeightGradient), x, dy, kernel, options);
        Tensor dweight = Tensor.Empty([dy.Shape[1], x.Shape[1] / options.Groups, kernel.Height, kernel.Width], x.DType, x.Device);
        x.Backend.Conv2dWeightGradient(x, dy, dweight, options.WithStops(dy.ImageSize));
        return dweight;
    }

    /// <summary>
    /// Gradient of <see cref="Tensor.ConvTranspose2d"/> with respect to its input: the convolution of dy, as far as the input goes.
    /// </summary>
    /// <param name="dy">The result's gradient, [batch, outputs, rows, columns].</param>
    /// <param name="weight">[channels, outputs / groups, kernel height, kernel width].</param>
    /// <param name="size">The input's height and width.</param>
    /// <param name="options">Of the transposed convolution.</param>
    /// <returns>[batch, channels, height, width].</returns>
    /// <exception cref="ShapeException">dy cannot be the gradient of such a transposed convolution.</exception>
    /// <exception cref="ConfigException">The options make no sense.</exception>
    internal static Tensor ConvTranspose2dInputGradient(Tensor dy, Tensor weight, Pair size, in ConvOptions options)
    {
        ConvChecks.TransposedInputGradient(nameof(ConvTranspose2dInputGradient), dy, weight, size, options);
        return Tensor.Convolve(dy, weight, null, options, size);
    }
}
