using System.Text;

namespace MiniStack.Data;

/// <summary>Reads a text file whole.</summary>
public static class TextFile
{
    // A text has fewer than 2³⁰ characters, and no more than its bytes.
    private const int MaxBytes = LineReader.MostBytes;

    /// <summary>The text of a UTF-8 file.</summary>
    /// <exception cref="DataException">The file is missing, empty, larger than 1,073,741,791 bytes (just below 1 GiB), or not UTF-8 text.</exception>
    public static string Read(string path)
    {
        int mark = 0;
        try
        {
            FileInfo file = new(path);
            if (Directory.Exists(path)) throw new DataException($"{path}: it is a folder. Name a text file.");
            if (!file.Exists) throw new DataException($"{path}: there is no such file. Check the path.");
            if (file.Length > MaxBytes) throw new DataException(FormattableString.Invariant($"{path}: it has {file.Length:N0} bytes; at most {MaxBytes:N0} are read. Use a part of it."));
            byte[] bytes = File.ReadAllBytes(path);
            mark = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
            string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes.AsSpan(mark));
            return text.Length > 0 ? text : throw new DataException($"{path}: the file is empty. Name a file with text.");
        }
        catch (DecoderFallbackException exception)
        {
            throw new DataException($"{path}: it is not UTF-8 text (byte {mark + exception.Index}). Convert it to UTF-8 first.", exception);
        }
        catch (Exception exception) when (DataErrors.IsFileError(exception))
        {
            throw DataErrors.CannotRead(path, exception);
        }
    }
}
