using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MiniStack.Training;

/// <summary>The operating system's lock on a folder, which ends with the process at the latest, however that ends.</summary>
/// <remarks>
/// On Linux on the folder itself, whatever name it is opened by, so that no file is left behind; elsewhere, and where a file system knows
/// no locks of folders, on the file <c>run.lock</c> in it.
/// </remarks>
internal sealed partial class FolderLock : IDisposable
{
    private const int ReadOnly = 0, CloseOnExec = 0x80000, Exclusive = 2, NoWait = 4, WouldBlock = 11;

    private readonly SafeHandle _handle;

    private FolderLock(SafeHandle handle) => _handle = handle;

    /// <summary>Takes the lock; null when another has it.</summary>
    /// <exception cref="IOException">The folder is missing, or cannot be locked.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be written.</exception>
    public static FolderLock? TryTake(string folder)
    {
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException("There is no such folder.");
        if (OperatingSystem.IsLinux() && Open(folder, ReadOnly | CloseOnExec) is >= 0 and int descriptor)
        {
            SafeFileHandle handle = new(descriptor, ownsHandle: true);
            if (Lock(descriptor, Exclusive | NoWait) == 0) return new FolderLock(handle);
            int error = Marshal.GetLastPInvokeError();
            handle.Dispose();
            if (error == WouldBlock) return null;
        }
        return TryTakeFile(Path.Combine(folder, "run.lock"));
    }

    public void Dispose() => _handle.Dispose();

    private static FolderLock? TryTakeFile(string file)
    {
        RunFolder.CheckNoLink(file);
        try
        {
            return new FolderLock(File.OpenHandle(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (exception.HResult is WouldBlock or 35 or unchecked((int)0x80070020)) // Linux, macOS, Windows
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(int descriptor, int operation);
}
