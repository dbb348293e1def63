using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MiniStack.Data;

/// <summary>Writes a token shard piece by piece; it appears under its name when it is complete, and not before.</summary>
/// <remarks>
/// Tokens go to a temporary file beside the target, and <see cref="Complete"/> flushes it to the disk and renames it. A writer
/// that dies leaves that file only, which has no valid header; the next writer of the same shard removes it. After an error of the disk a
/// writer writes no more. (Formats' AtomicFile takes one callback that writes everything, and stands above this room.)
/// </remarks>
public sealed class TokenShardWriter : IDisposable
{
    private const int BufferTokens = 1 << 14;

    private readonly string _path, _temporary = "";
    private readonly int _width;
    private readonly FileStream _stream;
    private readonly IncrementalHash _digest = TokenShardHeader.NewDigest();
    private readonly byte[] _buffer;
    private bool _completed, _failed, _disposed;

    /// <param name="path">The shard; one that is there is replaced by <see cref="Complete"/>.</param>
    /// <param name="vocabularySize">Tokens are below it: up to 65,536 they take 2 bytes each, above 4.</param>
    /// <exception cref="ConfigException">The vocabulary is empty.</exception>
    /// <exception cref="DataException">The file cannot be written.</exception>
    public TokenShardWriter(string path, long vocabularySize)
        : this(path, vocabularySize, temporary => new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1))
    {
    }

    /// <param name="path">The shard.</param>
    /// <param name="vocabularySize">Tokens are below it.</param>
    /// <param name="create">Makes the temporary file.</param>
    internal TokenShardWriter(string path, long vocabularySize, Func<string, FileStream> create)
    {
        if (vocabularySize is < 1 or > 1L << 32)
        {
            throw new ConfigException(FormattableString.Invariant(
                $"TokenShardWriter: the vocabulary must have 1 to 2^32 tokens, not {vocabularySize}."));
        }
        (_path, VocabularySize, _width) = (path, vocabularySize, vocabularySize <= 1 << 16 ? 2 : 4);
        _buffer = new byte[BufferTokens * _width];
        FileStream? stream = null;
        try
        {
            PlainFile.CheckTarget(path); // better said now than when all is written
            _temporary = StaleFiles.NewName(path);
            StaleFiles.Remove(path);
            stream = create(_temporary);
            stream.Write(new byte[TokenShardHeader.Bytes]); // no magic yet: an incomplete shard is none
            _stream = stream;
        }
        catch (Exception exception) when (DataErrors.IsFileError(exception))
        {
            if (stream is not null) GiveUp(stream);
            throw CannotWrite(exception);
        }
    }

    /// <summary>Tokens are below it.</summary>
    public long VocabularySize { get; }

    /// <summary>Tokens written until now.</summary>
    public long Count { get; private set; }

    /// <summary>Writes more tokens.</summary>
    /// <exception cref="DataException">A token is not below <see cref="VocabularySize"/>, and none of these is written; or the disk
    /// refuses.</exception>
    /// <exception cref="ConfigException">The shard is complete, or the disk refused before.</exception>
    public void Append(ReadOnlySpan<int> tokens)
    {
        CheckNotFailed();
        if (_completed || _disposed)
            throw new ConfigException("TokenShardWriter: the shard is complete; nothing can be appended. Write another shard.");
        foreach (int token in tokens)
        {
            // A negative token is one of the upper half of a vocabulary of 2³².
            if ((uint)token >= VocabularySize)
            {
                throw new DataException(
                    FormattableString.Invariant($"{_path}: the token {token} is not below the vocabulary's size {VocabularySize}. ") +
                    "Use the tokenizer's VocabularySize.");
            }
        }
        while (!tokens.IsEmpty)
        {
            ReadOnlySpan<int> chunk = tokens[..Math.Min(tokens.Length, BufferTokens)];
            Write(chunk);
            tokens = tokens[chunk.Length..];
        }
    }

    /// <summary>Makes the shard appear under its name, when its content is on the disk.</summary>
    /// <exception cref="DataException">The disk refuses; what was there before is untouched.</exception>
    /// <exception cref="ConfigException">The shard is complete, or the disk refused before.</exception>
    /// <remarks>
    /// The folder is not flushed: after a power failure the old shard may be there instead, but never a part of the new one.
    /// </remarks>
    public void Complete()
    {
        CheckNotFailed();
        if (_completed || _disposed) throw new ConfigException("TokenShardWriter: the shard was completed or given up before.");
        try
        {
            byte[] header = new byte[TokenShardHeader.Bytes];
            new TokenShardHeader(_width, Count, _digest.GetHashAndReset()).Write(header);
            _stream.Position = 0;
            _stream.Write(header);
            _stream.Flush(flushToDisk: true);
            _stream.Dispose();
            File.Move(_temporary, _path, overwrite: true);
            _completed = true;
        }
        catch (Exception exception) when (DataErrors.IsFileError(exception))
        {
            _failed = true;
            throw CannotWrite(exception);
        }
    }

    /// <summary>Gives up a shard that was not completed.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _digest.Dispose();
        if (_completed) _stream.Dispose();
        else GiveUp(_stream);
    }

    private void GiveUp(FileStream stream)
    {
        try
        {
            stream.Dispose();
        }
        catch (Exception exception) when (DataErrors.IsFileError(exception))
        {
            // The error that brought us here matters more.
        }
        StaleFiles.TryDelete(_temporary);
    }

    private void Write(ReadOnlySpan<int> tokens)
    {
        Span<byte> bytes = _buffer.AsSpan(0, tokens.Length * _width);
        for (int i = 0; i < tokens.Length; i++)
        {
            if (_width == 2) BinaryPrimitives.WriteUInt16LittleEndian(bytes[(2 * i)..], (ushort)tokens[i]);
            else BinaryPrimitives.WriteInt32LittleEndian(bytes[(4 * i)..], tokens[i]);
        }
        try
        {
            _stream.Write(bytes);
        }
        catch (Exception exception) when (DataErrors.IsFileError(exception))
        {
            _failed = true; // some of the bytes may be in the file
            throw CannotWrite(exception);
        }
        _digest.AppendData(bytes);
        Count += tokens.Length;
    }

    private void CheckNotFailed()
    {
        if (_failed && !_disposed)
        {
            throw new ConfigException(
                "TokenShardWriter: the disk refused before, and the shard is incomplete. " +
                "Dispose of the writer, then write the shard anew.");
        }
    }

    private DataException CannotWrite(Exception cause) => new(
        $"{PlainFile.Show(_path)}: it cannot be written: " + cause switch
        {
            PlainFileException => cause.Message,
            PathTooLongException => "the path is too long for this system. Choose a shorter one.",
            _ =>
                $"{DataErrors.OneLine(cause.Message)}. Check the folder, its permissions and the disk; what was there before is untouched.",
        },
        cause);
}
