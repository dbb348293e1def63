using System.Text;

namespace MiniStack.Data;

/// <summary>What is wrong with a file of data, where, and what to do.</summary>
internal static class DataErrors
{
    private const int LongestQuote = 60, LongestLine = 300;

    /// <summary>True for what the file system throws; all else is somebody's mistake and must not be hidden.</summary>
    public static bool IsFileError(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>Opens a plain file for reading from its start to its end.</summary>
    public static FileStream Open(string path)
    {
        try
        {
            return PlainFile.Open(path, options: FileOptions.SequentialScan);
        }
        catch (Exception exception) when (IsFileError(exception))
        {
            throw CannotRead(path, exception);
        }
    }

    /// <summary>Why a file cannot be read.</summary>
    public static DataException CannotRead(string path, Exception cause) => new(
        $"{PlainFile.Show(path)}: it cannot be read: " + cause switch
        {
            PlainFileException => cause.Message,
            FileNotFoundException => "there is no such file. Check the path.",
            DirectoryNotFoundException => "its folder does not exist. Check the path.",
            UnauthorizedAccessException => "permission is denied. Check who may read it.",
            _ => $"{OneLine(cause.Message)}. Check the disk, then try again.",
        },
        cause);

    /// <summary>Something in a file that must not be there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="where">Such as <c>line 3</c> or <c>byte 16</c>.</param>
    /// <param name="what">Completes the sentence.</param>
    /// <param name="cause">What found it.</param>
    public static DataException At(string path, FormattableString where, FormattableString what, Exception? cause = null) =>
        new($"{PlainFile.Show(path)}: {FormattableString.Invariant(where)}: {FormattableString.Invariant(what)}", cause);

    /// <summary>Foreign text on one line, and not too long to read.</summary>
    public static string OneLine(string message) =>
        (message.Length > LongestLine ? message[..LongestLine] + "…" : message).ReplaceLineEndings(" ").TrimEnd('.', ' ');

    /// <summary>Text of a file in quotes, on one line and not too long to read.</summary>
    public static string Quote(string text)
    {
        StringBuilder quoted = new("'");
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, LongestQuote)))
            quoted.Append(char.IsControl(c) || char.IsSurrogate(c) ? $"\\u{(int)c:x4}" : c.ToString());
        return quoted.Append(text.Length > LongestQuote ? "…'" : "'").ToString();
    }
}
