using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MiniStack.Data;

/// <summary>An open file of tokens: it may be larger than memory, and opening it reads its header only.</summary>
/// <remarks>Format: see <c>TokenShardHeader</c>; written by <see cref="TokenShardWriter"/>.</remarks>
public sealed class TokenShard : IDisposable
{
    private const int VerifyBytes = 1 << 20;

    private readonly ShardFile _file;
    private readonly TokenShardHeader _header;

    private TokenShard(string path, ShardFile file, TokenShardHeader header) => (Path, _file, _header) = (path, file, header);

    /// <summary>The path it was opened by.</summary>
    public string Path { get; }

    /// <summary>How many tokens there are.</summary>
    public long Count => _header.Count;

    /// <summary>Bytes of a token in the file: 2 or 4.</summary>
    public int TokenBytes => _header.Width;

    /// <summary>Opens a shard.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataException">The file cannot be read, is no shard, or its length is not what its header says.</exception>
    public static TokenShard Open(string path)
    {
        FileStream stream = DataErrors.Open(path);
        try
        {
            Span<byte> bytes = stackalloc byte[TokenShardHeader.Bytes];
            int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            TokenShardHeader header = TokenShardHeader.Read(path, bytes[..read], stream.Length);
            return new TokenShard(path, new ShardFile(path, stream), header);
        }
        catch (Exception exception)
        {
            stream.Dispose();
            if (DataErrors.IsFileError(exception)) throw DataErrors.CannotRead(path, exception);
            throw;
        }
    }

    /// <summary>Copies tokens out, from number <paramref name="start"/> on; any thread may.</summary>
    /// <typeparam name="T">int or long.</typeparam>
    /// <exception cref="IndexException">The shard does not have them all.</exception>
    /// <exception cref="DataException">The shard was closed, or its file cut short.</exception>
    public void Read<T>(long start, Span<T> tokens) where T : unmanaged
    {
        if (start < 0 || start > Count - tokens.Length)
        {
            throw new IndexException(FormattableString.Invariant(
                $"{Path}: there are no {tokens.Length} tokens from {start} on; the shard has {Count}."));
        }
        if (typeof(T) == typeof(int)) Read(start, MemoryMarshal.Cast<T, int>(tokens));
        else if (typeof(T) == typeof(long)) Read(start, MemoryMarshal.Cast<T, long>(tokens));
        else throw new DTypeException($"TokenShard.Read: tokens are int or long, not {typeof(T).Name}.");
    }

    /// <summary>Windows of tokens as examples.</summary>
    /// <param name="context">Tokens of an input; its target takes one more.</param>
    /// <param name="stride">From the start of one window to the next; 0 for the context: side by side.</param>
    /// <exception cref="ConfigException">The context is not positive, or the stride negative.</exception>
    /// <exception cref="DataException">The shard is too short for one window.</exception>
    public IDataset<TokenWindow> Windows(int context, int stride = 0)
    {
        if (context < 1 || context == int.MaxValue || stride < 0)
        {
            throw new ConfigException(FormattableString.Invariant(
                $"TokenShard.Windows: the context must be at least 1 and the stride not negative, but they are {context} and {stride}."));
        }
        int step = stride == 0 ? context : stride;
        if (Count < context + 1L)
        {
            throw new DataException(FormattableString.Invariant(
                $"{Path}: it has {Count} tokens, but a context of {context} needs {context + 1}. Use a smaller context."));
        }
        return Dataset.From((Count - context - 1) / step + 1, index => new TokenWindow(this, index * step, context));
    }

    /// <summary>Reads all tokens and compares them with the digest in the header.</summary>
    /// <returns>False when the writer took none.</returns>
    /// <exception cref="DataException">The tokens are not those that were written.</exception>
    public bool Verify(CancellationToken cancellation = default)
    {
        if (!_header.HasDigest) return false;
        using IncrementalHash digest = TokenShardHeader.NewDigest();
        byte[] buffer = new byte[VerifyBytes];
        for (long at = 0, bytes = Count * TokenBytes; at < bytes; at += VerifyBytes)
        {
            cancellation.ThrowIfCancellationRequested();
            Span<byte> chunk = buffer.AsSpan(0, (int)Math.Min(VerifyBytes, bytes - at));
            _file.Read(TokenShardHeader.Bytes + at, chunk);
            digest.AppendData(chunk);
        }
        if (!digest.GetHashAndReset().AsSpan().SequenceEqual(_header.Digest.Span))
        {
            throw DataErrors.At(
                Path, $"byte {TokenShardHeader.DigestStart}",
                $"the tokens do not have the digest of the header. The file is damaged: copy or write it again.");
        }
        return true;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    // Bytes are little-endian, as is every machine that .NET's SIMD runs on. They land in the front of the destination and are widened
    // from its end.
    private void Read(long start, Span<int> tokens)
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(tokens)[..(tokens.Length * TokenBytes)];
        _file.Read(TokenShardHeader.Bytes + start * TokenBytes, bytes);
        if (TokenBytes == 4) return;
        ReadOnlySpan<ushort> narrow = MemoryMarshal.Cast<byte, ushort>(bytes);
        for (int i = tokens.Length - 1; i >= 0; i--) tokens[i] = narrow[i];
    }

    private void Read(long start, Span<long> tokens)
    {
        Span<int> narrow = MemoryMarshal.Cast<long, int>(tokens)[..tokens.Length];
        Read(start, narrow);
        for (int i = tokens.Length - 1; i >= 0; i--) tokens[i] = (uint)narrow[i];
    }
}
