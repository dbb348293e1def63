using System.Globalization;
using System.Text;
using MiniStack.Data;

namespace MiniStack.Formats;

/// <summary>Turns what the operating system says into a sentence with a remedy, and foreign text into one safe line.</summary>
internal static class FileErrors
{
    private const int LongestQuote = 80, LongestLine = 300;

    // What errno and Windows call these; .NET passes the number on in HResult.
    private const int NoSpace = 28, ReadOnlyFileSystem = 30;
    private const int WindowsDiskFull = unchecked((int)0x80070070), WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>True for what the file system throws; all else is somebody's mistake and must not be hidden.</summary>
    public static bool IsFileError(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>Why a file cannot be read.</summary>
    public static CheckpointException CannotRead(string path, Exception cause) => new(
        $"{PlainFile.Show(path)}: cannot be read: " + cause switch
        {
            PlainFileException => cause.Message,
            FileNotFoundException => "there is no such file. Check the path.",
            DirectoryNotFoundException => "its folder does not exist. Check the path.",
            UnauthorizedAccessException => "permission is denied. Check who may read it.",
            _ => $"{OneLine(cause.Message)}. Check the disk, then try again.",
        },
        cause);

    /// <summary>Why a file cannot be written; the caller has seen to it that the old file is untouched.</summary>
    public static CheckpointException CannotWrite(string path, string folder, Exception cause) => new(
        $"{PlainFile.Show(path)}: cannot be written: " + cause switch
        {
            PlainFileException => cause.Message,
            PathTooLongException => "the path is too long for this system. Choose a shorter one.",
            _ when !Directory.Exists(folder) => $"the folder {PlainFile.Show(folder)} does not exist. Create it first.",
            UnauthorizedAccessException => $"permission is denied. Check who may write to {folder}, or choose another folder.",
            { HResult: NoSpace or WindowsDiskFull or WindowsHandleDiskFull } =>
                "the disk is full. Free some space and save again; what was there before is untouched.",
            { HResult: ReadOnlyFileSystem } => $"the disk of {folder} is read-only. Choose another folder.",
            _ => $"{OneLine(cause.Message)}. Check the disk and save again; what was there before is untouched.",
        },
        cause);

    /// <summary>Throws unless a text can be a path, before files of other names are made of it.</summary>
    public static void CheckPath(string path)
    {
        try
        {
            PlainFile.Check(path);
        }
        catch (PlainFileException exception)
        {
            throw new CheckpointException($"{PlainFile.Show(path)}: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// A file broke a rule of its format; the remedy is the same for every rule: the bytes are not those that were saved.
    /// </summary>
    public static CheckpointException Damaged(string path, string what, Exception? cause = null) =>
        new($"{path}: {what}. The file is damaged: copy, download or save it again.", cause);

    /// <summary>Where a text has a surrogate without its other half, which UTF-8 cannot hold; -1 when it has none.</summary>
    public static int HalfCharacter(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            bool pair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            if (pair) i++;
            else if (char.IsSurrogate(text[i])) return i;
        }
        return -1;
    }

    /// <summary>Text of a file or a caller in quotes, on one line and not too long to read.</summary>
    public static string Quote(string text)
    {
        StringBuilder quoted = new("'");
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, LongestQuote)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c)) quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else quoted.Append(c);
        }
        return quoted.Append(text.Length > LongestQuote ? "…'" : "'").ToString();
    }

    /// <summary>Foreign text on one line, and not too long to read.</summary>
    public static string OneLine(string message) =>
        (message.Length > LongestLine ? message[..LongestLine] + "…" : message).ReplaceLineEndings(" ").TrimEnd('.', ' ');
}
