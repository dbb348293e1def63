namespace MiniStack.Data;

/// <summary>One batch of token sequences.</summary>
/// <param name="Step">Its number, from 0.</param>
/// <param name="Inputs">[batch, context], I64. <see cref="TextDataset"/> makes each batch in memory of its own, which may be kept.</param>
/// <param name="Targets">[batch, context], I64: each input's next token.</param>
public sealed record Batch(long Step, Tensor Inputs, Tensor Targets);
