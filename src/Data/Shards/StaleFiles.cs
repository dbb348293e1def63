using Microsoft.Win32.SafeHandles;

namespace MiniStack;

/// <summary>Temporary files beside a target, <c>.name.….tmp</c>: their names, and removing those whose writers were killed.</summary>
/// <remarks>Compiled into Formats, too, whose AtomicFile stands above the room of data.</remarks>
internal static class StaleFiles
{
    /// <summary>A name for a new one.</summary>
    public static string NewName(string target) => Path.Combine(FolderOf(target), $"{Prefix(target)}{Guid.NewGuid():N}.tmp");

    /// <summary>Deletes those of this target whose writers are dead: nobody holds their lock any more.</summary>
    public static void Remove(string target)
    {
        string prefix = Prefix(target);
        foreach (string path in Directory.EnumerateFiles(FolderOf(target)))
        {
            string name = Path.GetFileName(path);
            if (!name.StartsWith(prefix, StringComparison.Ordinal) || !IsTemporary(name.AsSpan(prefix.Length))) continue;
            try
            {
                // A link was not left by a writer, and what it leads to is not ours to lock. The lock is held until the file is gone: a
                // writer that has made the file and not locked it yet then finds out, and makes another.
                using SafeFileHandle? exclusive =
                    new FileInfo(path).LinkTarget is null
                        ? File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None)
                        : null;
                File.Delete(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Its writer lives, or it is not ours to delete: it harms nobody.
            }
        }
    }

    /// <summary>Deletes a file if it can be: the error that brought the caller here matters more, and the next write tries again.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // See above.
        }
    }

    private static string FolderOf(string target) => Path.GetDirectoryName(Path.GetFullPath(target)) ?? target;

    private static string Prefix(string target) => $".{Path.GetFileName(target)}.";

    private static bool IsTemporary(ReadOnlySpan<char> rest) =>
        rest.EndsWith(".tmp", StringComparison.Ordinal) && Guid.TryParseExact(rest[..^4], "N", out _);
}
