namespace MiniStack.Nn;

/// <summary>What pools have in common.</summary>
internal static class Pooling
{
    public static void Check(string layer, Pair kernel, Pair stride, Pair padding)
    {
        Require.AtLeast(1, kernel, layer, nameof(kernel));
        Require.AtLeast(1, stride, layer, nameof(stride));
        Require.AtLeast(0, padding, layer, nameof(padding));
        if (2 * padding.Height > kernel.Height || 2 * padding.Width > kernel.Width)
        {
            throw new ConfigException(
                $"{layer}: the padding {Require.Text(padding)} must be at most half of the kernel {Require.Text(kernel)}: " +
                "a window must not lie outside.");
        }
    }
}
