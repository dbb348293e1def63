using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MiniStack.Formats.Tests;

/// <summary>What a path may lead to that is no plain file, and texts that are no paths.</summary>
internal static partial class StrangePaths
{
    /// <summary>Names of those that <see cref="Make"/> makes; every reader must refuse each at once.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "pipe", "socket", "folder", "endless device", "empty device", "link to a pipe", "link to a device", "link to a folder", "link to nothing", "link to itself", "made up by the kernel",
        "blocking when read", "made up by drivers", "nothing there", "no folder", "empty", "blank", "zero character", "half a character", "too long a name", "too long a path", "under a file", "forbidden",
    ];

    /// <summary>A path of one of these kinds.</summary>
    /// <param name="kind">One of <see cref="Names"/>.</param>
    /// <param name="folder">Where to make it; empty.</param>
    public static string Make(string kind, string folder)
    {
        string path = Path.Combine(folder, "strange");
        switch (kind)
        {
            case "pipe": Pipe(path); return path;
            case "socket":
                using (Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
                    socket.Bind(new UnixDomainSocketEndPoint(path));
                if (!File.Exists(path)) Assert.Equal(0, MakeNode(path, 0xC000 | 0x1FF, 0)); // .NET removes its own again
                return path;
            case "folder": return folder;
            case "endless device": return "/dev/zero";
            case "empty device": return "/dev/null";
            case "link to a pipe":
                Pipe(path + ".pipe");
                return Link(path, path + ".pipe");
            case "link to a device": return Link(path, "/dev/zero");
            case "link to a folder": return Link(path, folder);
            case "link to nothing": return Link(path, path + ".none");
            case "link to itself": return Link(path, path);
            case "made up by the kernel": return "/proc/self/status";
            case "blocking when read": return "/proc/kmsg";
            case "made up by drivers": return "/sys/kernel/mm/transparent_hugepage/enabled";
            case "nothing there": return path;
            case "no folder": return Path.Combine(path, "file");
            case "empty": return "";
            case "blank": return " ";
            case "zero character": return path + "\0";
            case "half a character": return path + "\ud800";
            case "too long a name": return path + new string('n', 300);
            case "too long a path": return path + string.Concat(Enumerable.Repeat("/folder", 1000));
            case "under a file":
                File.WriteAllText(path, "a file");
                return Path.Combine(path, "file");
            case "forbidden":
                File.WriteAllText(path, "secret");
                if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.None);
                return path;
            default: throw new ArgumentException(kind);
        }
    }

    public static void Pipe(string path) => Assert.Equal(0, MakeNode(path, 0x1000 | 0x1FF, 0));

    private static string Link(string path, string target)
    {
        File.CreateSymbolicLink(path, target);
        return path;
    }

    [LibraryImport("libc", EntryPoint = "mknod", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeNode(string path, uint mode, ulong device);
}
