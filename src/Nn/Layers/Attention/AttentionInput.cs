namespace MiniStack.Nn;

/// <summary>
/// Who looks (queries), what is looked at (keys) and what is seen (values). A single variable converts to it: self-attention.
/// </summary>
/// <param name="Query">[batch, queries, channels].</param>
/// <param name="Key">[batch, keys, key channels]; null for the queries.</param>
/// <param name="Value">[batch, keys, value channels]; null for the keys.</param>
/// <param name="Mask">Broadcast to [batch, heads, queries, keys]: Bool, true where a query may see a key, or floats, which are added to the
/// scores. For padding, [batch, 1, 1, keys].</param>
public sealed record AttentionInput(Variable Query, Variable? Key = null, Variable? Value = null, Tensor? Mask = null)
{
    /// <summary>Attention of a sequence with itself.</summary>
    public static implicit operator AttentionInput(Variable x) => new(x);

    /// <summary>Attention of a constant with itself.</summary>
    public static implicit operator AttentionInput(Tensor x) => new(x);
}
