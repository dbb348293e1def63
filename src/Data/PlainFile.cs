using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MiniStack.Data;

/// <summary>
/// A path does not lead to a plain file; the message says what it leads to and what to do, and follows the path and a colon.
/// </summary>
public sealed class PlainFileException(string message) : IOException(message);

/// <summary>
/// Opens files for reading, and regular files only: what else has a path may have no end, or no beginning before somebody writes.
/// </summary>
/// <remarks>
/// A device such as /dev/zero never ends, opening a pipe waits for its writer, and files of /proc are made while they are read and tell no
/// length. So the type is looked at before the file is opened, links followed, and again afterwards, when nobody can put another in its
/// place.
/// </remarks>
public static unsafe partial class PlainFile
{
    private const int
        TypeMask = 0xF000, Pipe = 0x1000, CharacterDevice = 0x2000, Folder = 0x4000, BlockDevice = 0x6000, Regular = 0x8000, Link = 0xA000,
        Socket = 0xC000;

    /// <summary>
    /// File systems whose files the kernel makes up: proc, sysfs, debugfs, tracefs, securityfs, cgroup and cgroup2 (statfs, man page 2).
    /// </summary>
    private static readonly long[] MadeUp = [0x9FA0, 0x62656572, 0x64626720, 0x74726163, 0x73636673, 0x27E0EB, 0x63677270];

    /// <summary>Opens a file.</summary>
    /// <param name="path">Where it is; symbolic links are followed.</param>
    /// <param name="bufferSize">Of the stream; 1 for none.</param>
    /// <param name="options">How it will be read.</param>
    /// <exception cref="PlainFileException">The path is none, or leads to a pipe, a socket, a device, a folder, or a file that the system
    /// makes up.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Permission is denied.</exception>
    public static FileStream Open(string path, int bufferSize = 1, FileOptions options = FileOptions.None)
    {
        Check(path);
        if (OperatingSystem.IsLinux()) CheckType(TypeOf(CurrentFolder, path, 0));
        FileStream stream = OpenStream(path, bufferSize, options);
        try
        {
            if (OperatingSystem.IsLinux()) CheckOpened(stream.SafeFileHandle);
            else if (!stream.CanSeek) throw new PlainFileException("it is no plain file. Name a regular file.");
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads a whole file that must not be large, and no more of it than it had when it was opened.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">Bytes that it may have.</param>
    /// <param name="tooLarge">What to throw when it has more, given how many.</param>
    /// <inheritdoc cref="Open" path="/exception"/>
    public static byte[] ReadBytes(string path, int most, Func<long, Exception> tooLarge)
    {
        using FileStream stream = Open(path);
        long length = stream.Length;
        if (length > most) throw tooLarge(length);
        byte[] bytes = new byte[length];
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == length && stream.ReadByte() < 0) return bytes;
        throw new PlainFileException("it changed while it was read. Try again when nobody writes to it.");
    }

    /// <summary>Throws unless a text can be a path.</summary>
    /// <exception cref="PlainFileException">It is blank, or has a character that no path has.</exception>
    public static void Check(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (string.IsNullOrWhiteSpace(path)) throw new PlainFileException("the path is empty. Name a file or folder.");
        if (path.Contains('\0', StringComparison.Ordinal))
            throw new PlainFileException("the path has the character U+0000, which no path has. Leave it out.");
        for (int i = 0; i < path.Length; i++)
        {
            // Written to the disk it would be another name.
            if (char.IsHighSurrogate(path[i]) && i + 1 < path.Length && char.IsLowSurrogate(path[i + 1])) i++;
            else if (char.IsSurrogate(path[i])) throw new PlainFileException($"the path has half a character at {i}. Leave it out.");
        }
    }

    /// <summary>
    /// Throws unless a new file may take a path's place: there is nothing, a plain file, or a link, which is replaced and never followed.
    /// </summary>
    /// <exception cref="PlainFileException">The path is none, or a folder, a pipe, a socket or a device has it.</exception>
    public static void CheckTarget(string path)
    {
        const int NoFollow = 0x100;
        Check(path);
        if (OperatingSystem.IsLinux() && TypeOf(CurrentFolder, path, NoFollow) is var mode && (mode & TypeMask) != Link) CheckType(mode);
        else if (new FileInfo(path).LinkTarget is null && Directory.Exists(path)) CheckType(Folder);
    }

    /// <summary>A path as messages show it: on one line, not empty, and not too long to read.</summary>
    public static string Show(string path)
    {
        const int Longest = 300;
        if (!string.IsNullOrWhiteSpace(path) && path.Length <= Longest && !path.Any(c => char.IsControl(c) || char.IsSurrogate(c)))
            return path;
        string start = string.Concat(
            path.Take(Longest).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? $"\\u{(int)c:x4}" : c.ToString()));
        return path.Length > Longest ? $"'{start}…'" : $"'{start}'";
    }

    private static FileStream OpenStream(string path, int bufferSize, FileOptions options)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize, options);
        }
        catch (PathTooLongException)
        {
            throw new PlainFileException("the path is too long for this system. Choose a shorter one.");
        }
    }

    private static void CheckOpened(SafeFileHandle handle)
    {
        bool added = false;
        try
        {
            handle.DangerousAddRef(ref added);
            int descriptor = (int)handle.DangerousGetHandle();
            CheckType(TypeOf(descriptor, "", EmptyPath));
            long* buffer = stackalloc long[64];
            if (Statfs(descriptor, buffer) == 0 && MadeUp.Contains(nint.Size == 8 ? buffer[0] : (uint)buffer[0]))
            {
                throw new PlainFileException(
                    "it is a file that the system makes up, as in /proc, and no plain file. Copy it to a disk, or name another.");
            }
        }
        finally
        {
            if (added) handle.DangerousRelease();
        }
    }

    private static void CheckType(int mode)
    {
        string? what = (mode & TypeMask) switch
        {
            0 or Regular => null, // 0: it cannot be told, and opening the file says why
            Folder => "it is a folder. Name a file inside it.",
            Pipe => "it is a pipe, and no plain file. Save what comes out of it to a file, and name that.",
            Socket => "it is a socket, and no plain file. Name a regular file.",
            CharacterDevice or BlockDevice => "it is a device, and no plain file. Name a regular file.",
            _ => "it is no plain file. Name a regular file.",
        };
        if (what is not null) throw new PlainFileException(what);
    }

    /// <summary>
    /// The file's type as in st_mode; 0 when it cannot be told. The layout of statx is the same on every machine, that of stat is not.
    /// </summary>
    private static int TypeOf(int folder, string path, int flags)
    {
        const int ModeAt = 28, Bytes = 256;
        byte* buffer = stackalloc byte[Bytes];
        new Span<byte>(buffer, Bytes).Clear();
        try
        {
            return Statx(folder, path, flags, 1, buffer) == 0 ? *(ushort*)(buffer + ModeAt) : 0;
        }
        catch (EntryPointNotFoundException)
        {
            return 0; // a C library older than 2018
        }
    }

    private const int CurrentFolder = -100, EmptyPath = 0x1000;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte* result);

    [LibraryImport("libc", EntryPoint = "fstatfs")]
    private static partial int Statfs(int descriptor, long* result);
}
