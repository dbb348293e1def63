namespace MiniStack.Nn;

/// <summary>What convolutions have in common: a weight, perhaps a bias, and PyTorch's start values.</summary>
public abstract class Convolution : Layer
{
    private protected Convolution(Shape weight, int outputs, bool bias, Rng rng)
    {
        Weight = Register("weight", Init.KaimingUniform(weight, rng));
        if (bias) Bias = Register("bias", Init.Uniform([outputs], rng, 1 / Math.Sqrt(weight[1..].Count)));
    }

    /// <summary>[outputs, inputs / groups, kernel…]; of a transposed convolution [inputs, outputs / groups, kernel…].</summary>
    public Parameter Weight { get; }

    /// <summary>[outputs], or null.</summary>
    public Parameter? Bias { get; }

    /// <summary>Checks the settings of a convolution.</summary>
    /// <returns>[inputs, outputs / groups], or, not transposed, [outputs, inputs / groups]: the first axes of its weight.</returns>
    private protected static int[] Channels(
        string layer, int inputs, int outputs, Pair kernel, Pair stride, Pair padding, Pair dilation, int groups, bool transposed = false)
    {
        Require.AtLeast(1, inputs, layer, nameof(inputs));
        Require.AtLeast(1, outputs, layer, nameof(outputs));
        Require.AtLeast(1, kernel, layer, nameof(kernel));
        Require.AtLeast(1, stride, layer, nameof(stride));
        Require.AtLeast(0, padding, layer, nameof(padding));
        Require.AtLeast(1, dilation, layer, nameof(dilation));
        Require.Divides(groups, inputs, layer, nameof(groups), nameof(inputs));
        Require.Divides(groups, outputs, layer, nameof(groups), nameof(outputs));
        return transposed ? [inputs, outputs / groups] : [outputs, inputs / groups];
    }

    /// <summary>Checks what a transposed convolution adds at one end.</summary>
    private protected static void CheckOutputPadding(string layer, Pair outputPadding, Pair stride, Pair dilation)
    {
        Require.AtLeast(0, outputPadding, layer, nameof(outputPadding));
        if (outputPadding.Height >= Math.Max(stride.Height, dilation.Height)
            || outputPadding.Width >= Math.Max(stride.Width, dilation.Width))
        {
            throw new ConfigException(
                $"{layer}: outputPadding {Require.Text(outputPadding)} must be below " +
                $"stride {Require.Text(stride)} or dilation {Require.Text(dilation)}: nothing would be added there.");
        }
    }
}
