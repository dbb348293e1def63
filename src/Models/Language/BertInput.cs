namespace MiniStack.Models;

/// <summary>What goes into a <see cref="Bert"/>. Tokens alone convert to it: one segment, no padding.</summary>
/// <param name="Tokens">[batch, time], I64 or I32.</param>
/// <param name="Segments">[batch, time], I64 or I32: which segment a token belongs to; null for the first.</param>
/// <param name="Mask">[batch, time], Bool: true where there is a token, false for padding, which nothing looks at; null for tokens
/// everywhere.</param>
public sealed record BertInput(Tensor Tokens, Tensor? Segments = null, Tensor? Mask = null)
{
    /// <summary>One segment, no padding.</summary>
    public static implicit operator BertInput(Tensor tokens) => new(tokens);
}
