using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using MiniStack.Data;

namespace MiniStack.Formats;

/// <summary>Writes a file so that a reader finds the old content or the new, never a part: not even after a crash.</summary>
/// <remarks>
/// The content goes to a temporary file beside the target and from there to the disk; then one rename replaces the target, and
/// the folder goes to the disk too, because a rename lives in the folder. A writer that is killed leaves only its temporary file
/// <c>.name.….tmp</c>; the next write of the same target removes it. Nothing outside the folder is ever written: the temporary file is a
/// new one, and a symbolic link that has the target's name is replaced, not followed.
/// </remarks>
public static partial class AtomicFile
{
    private const int BufferSize = 1 << 16;

    // Shared locks while we write: a cleaner asks for an exclusive one, and gets it only when we are gone.
    private const FileShare WhileWriting = FileShare.ReadWrite | FileShare.Delete;

    /// <summary>Replaces <paramref name="path"/> by what <paramref name="write"/> writes; of a symbolic link the link itself.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="write">Writes the whole content. It may close the stream.</param>
    /// <exception cref="CheckpointException">The file cannot be written, or the path is a folder, a pipe, a socket or a device; what was
    /// there before is untouched.</exception>
    /// <remarks>Whatever <paramref name="write"/> throws is passed on, and the old file stays.</remarks>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        FileErrors.CheckPath(path);
        string target = Path.GetFullPath(path), folder = Path.GetDirectoryName(target) ?? target;
        try
        {
            PlainFile.CheckTarget(target);
            StaleFiles.Remove(target);
            WriteAndRename(target, write);
            FlushFolder(folder);
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception))
        {
            throw FileErrors.CannotWrite(path, folder, exception);
        }
    }

    /// <summary>Replaces <paramref name="path"/> by a text in UTF-8, without a byte order mark.</summary>
    /// <inheritdoc cref="Write" path="/exception"/>
    public static void WriteText(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Makes a folder to write into, and those around it, where there is none.</summary>
    /// <exception cref="CheckpointException">It cannot be made.</exception>
    public static void MakeFolder(string folder)
    {
        FileErrors.CheckPath(folder);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception) || exception is ArgumentException or NotSupportedException)
        {
            throw new CheckpointException(
                $"{PlainFile.Show(folder)}: the folder cannot be made ({FileErrors.OneLine(exception.Message)}). Choose another one.",
                exception);
        }
    }

    /// <summary>Gives a file another name in its folder, replacing what has that name, and makes that survive a power failure.</summary>
    /// <param name="from">A file whose content is on the disk, such as one from <see cref="Write"/>.</param>
    /// <param name="to">Its new name.</param>
    /// <exception cref="CheckpointException">It cannot be renamed; both files are as before.</exception>
    public static void Rename(string from, string to)
    {
        FileErrors.CheckPath(from);
        FileErrors.CheckPath(to);
        string folder = Path.GetDirectoryName(Path.GetFullPath(to)) ?? to;
        try
        {
            PlainFile.CheckTarget(to);
            File.Move(from, to, overwrite: true);
            FlushFolder(folder);
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception))
        {
            throw FileErrors.CannotWrite(to, folder, exception);
        }
    }

    private static void WriteAndRename(string target, Action<Stream> write)
    {
        (string temporary, SafeFileHandle handle) = CreateTemporary(target);
        using (handle)
        {
            try
            {
                // A second handle to what is open, so that a writer that closes its stream does not close ours.
                using (FileStream stream = new(
                    new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: false), FileAccess.ReadWrite, BufferSize))
                {
                    write(stream);
                }
                RandomAccess.FlushToDisk(handle);
                File.Move(temporary, target, overwrite: true);
            }
            catch
            {
                StaleFiles.TryDelete(temporary);
                throw;
            }
        }
    }

    /// <summary>A new file that this writer has locked.</summary>
    private static (string Path, SafeFileHandle Handle) CreateTemporary(string target)
    {
        // Creating and locking are two steps: the cleaner of another writer may come between them, and then we try again.
        for (int attempt = 1; ; attempt++)
        {
            string path = StaleFiles.NewName(target);
            try
            {
                SafeFileHandle handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, WhileWriting);
                if (File.Exists(path)) return (path, handle);
                handle.Dispose();
            }
            catch (IOException exception) when (attempt < 10 && exception is not PathTooLongException)
            {
            }
        }
    }

    /// <summary>Makes the rename itself survive a power failure.</summary>
    private static void FlushFolder(string folder)
    {
        // Windows journals renames and opens no folders; elsewhere the numbers below differ.
        if (!OperatingSystem.IsLinux()) return;
        const int ReadOnly = 0, CloseOnExec = 0x80000, InvalidArgument = 22;
        int descriptor = Open(folder, ReadOnly | CloseOnExec);
        if (descriptor < 0) return; // We may write to the folder but not read it: the rename is done, its flush is the system's.
        bool failed = Flush(descriptor) != 0;
        int error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        // Some file systems have nothing to flush for a folder and say so.
        if (failed && error != InvalidArgument)
            throw new IOException($"the file is in place, but its folder could not be flushed to the disk (error {error})", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
