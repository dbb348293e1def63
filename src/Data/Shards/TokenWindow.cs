namespace MiniStack.Data;

/// <summary>A place in a shard: its tokens are read when a batch is made of it, straight into the batch.</summary>
/// <param name="Shard">Where the tokens are.</param>
/// <param name="Start">The first token.</param>
/// <param name="Context">Tokens of the input; the target ends one later.</param>
public readonly record struct TokenWindow(TokenShard Shard, long Start, int Context)
{
    /// <summary>The input's tokens and the one after.</summary>
    /// <typeparam name="T">int or long.</typeparam>
    /// <param name="tokens"><see cref="Context"/> + 1 elements.</param>
    public void CopyTo<T>(Span<T> tokens) where T : unmanaged => Shard.Read(Start, tokens[..(Context + 1)]);
}
