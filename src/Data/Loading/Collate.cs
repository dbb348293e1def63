namespace MiniStack.Data;

/// <summary>
/// Ready ways to make one batch of examples. They write plain arrays, which tensors then use as memory: any thread may do that.
/// </summary>
public static class Collate
{
    /// <summary>Images and their classes.</summary>
    /// <returns>Inputs [batch, channels, height, width], F32; targets [batch], I64.</returns>
    /// <exception cref="DataException">The images are not of one size.</exception>
    public static TensorBatch Images(IReadOnlyList<ImageExample> examples)
    {
        Image first = examples[0].Image;
        int size = first.Pixels.Length;
        float[] pixels = GC.AllocateUninitializedArray<float>(examples.Count * size);
        long[] labels = new long[examples.Count];
        for (int i = 0; i < examples.Count; i++)
        {
            Image image = examples[i].Image;
            if ((image.Channels, image.Height, image.Width) != (first.Channels, first.Height, first.Width))
            {
                throw new DataException(
                    FormattableString.Invariant($"Collate.Images: image {i} is {image.Channels}×{image.Height}×{image.Width}, ") +
                    FormattableString.Invariant($"but image 0 is {first.Channels}×{first.Height}×{first.Width}. ") +
                    "Crop all to one size first.");
            }
            image.Pixels.CopyTo(pixels, i * size);
            labels[i] = examples[i].Label;
        }
        return new TensorBatch(
            Tensor.Wrap(pixels, [examples.Count, first.Channels, first.Height, first.Width]), Tensor.Wrap(labels, [examples.Count]));
    }

    /// <summary>Windows of tokens: each input's target is the token that follows it.</summary>
    /// <returns>Inputs and targets [batch, context], I64.</returns>
    /// <exception cref="DataException">The windows are not of one length.</exception>
    public static TensorBatch Tokens(IReadOnlyList<TokenWindow> windows) => Tokens<long>(windows);

    /// <summary>As <see cref="Tokens"/>, in half of the memory.</summary>
    /// <returns>Inputs and targets [batch, context], I32.</returns>
    /// <exception cref="DataException">The windows are not of one length.</exception>
    public static TensorBatch TokensI32(IReadOnlyList<TokenWindow> windows) => Tokens<int>(windows);

    private static TensorBatch Tokens<T>(IReadOnlyList<TokenWindow> windows) where T : unmanaged
    {
        int context = windows[0].Context;
        T[] inputs = new T[windows.Count * context], targets = new T[windows.Count * context];
        T[] window = new T[context + 1];
        for (int i = 0; i < windows.Count; i++)
        {
            if (windows[i].Context != context)
            {
                throw new DataException(FormattableString.Invariant(
                    $"Collate.Tokens: window {i} has a context of {windows[i].Context}, but window 0 has {context}."));
            }
            windows[i].CopyTo(window.AsSpan());
            window.AsSpan(0, context).CopyTo(inputs.AsSpan(i * context));
            window.AsSpan(1).CopyTo(targets.AsSpan(i * context));
        }
        return new TensorBatch(Tensor.Wrap(inputs, [windows.Count, context]), Tensor.Wrap(targets, [windows.Count, context]));
    }
}
