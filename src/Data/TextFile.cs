using System.Text;

namespace MiniStack.Data;

/// <summary>Reads a text file whole.</summary>
public static class TextFile
{
    // A text has fewer than 2³⁰ characters, and no more than its bytes.
    private const int MaxBytes = LineReader.MostBytes;

    private const int BufferBytes = 1 << 16;

    /// <summary>The text of a UTF-8 file.</summary>
    /// <remarks>The file is read twice, first to count its characters, so that no memory is needed but the text's.</remarks>
    /// <exception cref="DataException">The file is missing, no plain file, empty, larger than 1,073,741,791 bytes (just below 1 GiB), or
    /// not UTF-8 text.</exception>
    public static string Read(string path)
    {
        try
        {
            using FileStream file = PlainFile.Open(path, options: FileOptions.SequentialScan);
            if (file.Length > MaxBytes)
            {
                throw new DataException(FormattableString.Invariant(
                    $"{path}: it has {file.Length:N0} bytes; at most {MaxBytes:N0} are read. Use a part of it."));
            }
            int characters = Decode(path, file, []);
            if (characters == 0) throw new DataException($"{path}: the file is empty. Name a file with text.");
            file.Position = 0;
            return string.Create(characters, (path, file), static (text, from) =>
            {
                if (Decode(from.path, from.file, text) != text.Length) throw Changed(from.path);
            });
        }
        catch (Exception exception) when (DataErrors.IsFileError(exception))
        {
            throw exception switch
            {
                PlainFileException => new DataException($"{PlainFile.Show(path)}: {exception.Message}", exception),
                FileNotFoundException or DirectoryNotFoundException =>
                    new DataException($"{path}: there is no such file. Check the path.", exception),
                _ => DataErrors.CannotRead(path, exception),
            };
        }
    }

    /// <summary>Counts the characters of a file, and writes them where there is room.</summary>
    private static int Decode(string path, FileStream file, Span<char> text)
    {
        byte[] bytes = new byte[BufferBytes];
        char[] buffer = new char[BufferBytes + 4];
        Decoder decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
        long at = 0, characters = 0;
        try
        {
            for (int read = -1; read != 0 && at <= MaxBytes; at += read)
            {
                read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
                Span<byte> chunk = bytes.AsSpan(0, read);
                bool marked = at == 0 && chunk.StartsWith(Encoding.UTF8.Preamble);
                int count = decoder.GetChars(marked ? chunk[Encoding.UTF8.Preamble.Length..] : chunk, buffer, flush: read == 0);
                if (!text.IsEmpty)
                {
                    if (count > text.Length - characters) throw Changed(path);
                    buffer.AsSpan(0, count).CopyTo(text[(int)characters..]);
                }
                characters += count;
            }
        }
        catch (DecoderFallbackException exception)
        {
            throw new DataException($"{path}: it is not UTF-8 text (byte {Invalid(path)}). Convert it to UTF-8 first.", exception);
        }
        return at <= MaxBytes ? (int)characters : throw Changed(path);
    }

    /// <summary>
    /// Where the first byte is that no UTF-8 text has there: a decoder counts from its last piece, so the file is gone through again.
    /// </summary>
    private static long Invalid(string path)
    {
        using FileStream file = PlainFile.Open(path);
        byte[] bytes = new byte[BufferBytes];
        int kept = 0;
        for (long start = 0; ;)
        {
            int end = kept + file.ReadAtLeast(bytes.AsSpan(kept), bytes.Length - kept, throwOnEndOfStream: false), at = 0;
            while (at < end
                && Rune.DecodeFromUtf8(bytes.AsSpan(at, end - at), out _, out int length) == System.Buffers.OperationStatus.Done)
            {
                at += length;
            }
            if (end - at > 3 || end < bytes.Length) return start + at;
            bytes.AsSpan(at, end - at).CopyTo(bytes);
            (kept, start) = (end - at, start + at);
        }
    }

    private static DataException Changed(string path) => new($"{path}: it changed while it was read. Try again when nobody writes to it.");
}
