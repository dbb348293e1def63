namespace MiniStack.Models;

/// <summary>Checks of what goes into a model.</summary>
internal static class InputChecks
{
    /// <param name="model">For the message.</param>
    /// <param name="tokens">[batch, time].</param>
    /// <param name="context">The longest time; null for any.</param>
    /// <exception cref="ShapeException">tokens are not a matrix, or longer than the context.</exception>
    public static void Tokens(string model, Tensor tokens, int? context = null)
    {
        if (tokens.Rank != 2 && context is null)
            throw new ShapeException($"{model}: tokens must be [batch, time], not {tokens.Shape}. Add axes with Unsqueeze.");
        if (tokens.Rank == 2 && (context is null || tokens.Shape[1] <= context)) return;
        throw new ShapeException(
            $"{model}: tokens must be [batch, time] with time at most the context of {context}, not {tokens.Shape}. Cut the sequence.");
    }

    /// <exception cref="ShapeException">x is not a batch of such images.</exception>
    public static void Images(string model, Variable x, int channels, int height, int width)
    {
        if (x.Rank == 4 && x.Shape[1] == channels && x.Shape[2] == height && x.Shape[3] == width) return;
        throw new ShapeException($"{model}: x must be [batch, {channels}, {height}, {width}], not {x.Shape}. Resize or pad the images.");
    }

    /// <exception cref="ShapeException">x is not a batch of images with so many channels.</exception>
    public static void Images(string model, Variable x, int channels)
    {
        if (x.Rank == 4 && x.Shape[1] == channels) return;
        throw new ShapeException(
            $"{model}: x must be [batch, {channels}, height, width], not {x.Shape}. " +
            "Add axes with Unsqueeze, or build a model for such images.");
    }

    /// <exception cref="ShapeException">x is not a batch of such rows.</exception>
    public static void Rows(string model, Variable x, int size)
    {
        if (x.Rank == 2 && x.Shape[1] == size) return;
        throw new ShapeException($"{model}: x must be [batch, {size}], not {x.Shape}. Flatten the examples.");
    }
}
