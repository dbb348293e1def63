using System.Diagnostics;

namespace MiniStack.Formats.Tests;

/// <summary>Folders and disks that refuse, and what is left behind.</summary>
public sealed class AtomicFileErrorTests : TestFolder
{
    [Fact]
    public void Write_MissingFolder_Says()
    {
        string path = PathOf("no/state");
        AssertMessage(path, $"{path}: cannot be written: the folder {PathOf("no")} does not exist. Create it first.");
    }

    [Fact]
    public void Write_ToAFolder_Says() => AssertMessage(Folder, $"{Folder}: cannot be written: it is a folder. Name a file inside it.");

    public static TheoryData<string, string, string> NoPaths => new()
    {
        { "", "''", "the path is empty. Name a file or folder." },
        { "  ", "'  '", "the path is empty. Name a file or folder." },
        { "a\0b", "'a\\u0000b'", "the path has the character U+0000, which no path has. Leave it out." },
        { "a\ud800", "'a\\ud800'", "the path has half a character at 1. Leave it out." },
    };

    [Theory]
    [MemberData(nameof(NoPaths), DisableDiscoveryEnumeration = true)]
    public void AnyDoor_ATextThatIsNoPath_Says(string path, string shown, string message)
    {
        string whole = $"{shown}: {message}";
        Action[] doors =
        [
            () => AtomicFile.WriteText(path, ""), () => AtomicFile.MakeFolder(path), () => AtomicFile.Rename(path, "b"), () => AtomicFile.Rename("a", path),
            () => Safetensors.Save(path, []), () => Npy.Save(path, Tensor.Ones([1])), () => Npz.Save(path, []),
        ];
        foreach (Action door in doors) Assert.Equal(whole, Assert.Throws<CheckpointException>(door).Message);
        Assert.Equal($"{shown}: cannot be read: {message}", Assert.Throws<CheckpointException>(() => Safetensors.Open(path)).Message);
    }

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/dev/zero")]
    public void Write_ToADevice_SaysAndLeavesIt(string path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The kinds of files are those of Linux.");
        AssertMessage(path, $"{path}: cannot be written: it is a device, and no plain file. Name a regular file.");
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void Rename_OverWhatIsNoPlainFile_Says()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The kinds of files are those of Linux.");
        string from = FileOf([1], "from"), to = PathOf("pipe");
        StrangePaths.Pipe(to);
        Assert.Equal(
            $"{to}: cannot be written: it is a pipe, and no plain file. Save what comes out of it to a file, and name that.",
            Assert.Throws<CheckpointException>(() => AtomicFile.Rename(from, to)).Message);
        Assert.Equal(["from", "pipe"], FilesLeft());
    }

    [Fact]
    public void Write_ForbiddenFolder_SaysAndKeepsTheOldFile()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows forbids in other ways.");
        if (OperatingSystem.IsWindows()) return;
        string path = PathOf("state");
        AtomicFile.WriteText(path, "old");
        const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserExecute | Others);
        try
        {
            Unprivileged.Run(() => AssertMessage(path, $"{path}: cannot be written: permission is denied. Check who may write to {Folder}, or choose another folder."));
            Assert.Equal("old", File.ReadAllText(path));
        }
        finally
        {
            File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void Write_FolderThatForbidsEvenRoot_Says()
    {
        Assert.SkipUnless(Directory.Exists("/sys/kernel"), "There is no /sys here.");
        AssertMessage(
            "/sys/kernel/state",
            "/sys/kernel/state: cannot be written: permission is denied. Check who may write to /sys/kernel, or choose another folder.");
    }

    [Fact]
    public void Write_ReadOnlyDisk_SaysAndKeepsTheOldFile() => OnSmallDisk(disk =>
    {
        string path = Path.Combine(disk, "state");
        AtomicFile.WriteText(path, "old");
        Assert.True(Succeeds("mount", "-o", "remount,ro", disk), "The disk could not be made read-only.");
        AssertMessage(path, $"{path}: cannot be written: the disk of {disk} is read-only. Choose another folder.");
        Assert.Equal("old", File.ReadAllText(path));
    });

    [Fact]
    public void Write_FullDisk_SaysAndKeepsTheOldFile() => OnSmallDisk(disk =>
    {
        string path = Path.Combine(disk, "model.safetensors");
        Safetensors.Save(path, [new("w", Tensor.Ones([1000]))]);
        byte[] old = File.ReadAllBytes(path);
        CheckpointException error = Assert.Throws<CheckpointException>(
            () => Safetensors.Save(path, [new("w", Tensor.Ones([1_000_000]))]));
        Assert.Equal(
            $"{path}: cannot be written: the disk is full. Free some space and save again; what was there before is untouched.",
            error.Message);
        Assert.Equal(old, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.EnumerateFiles(disk));
    });

    [Fact]
    public void Write_WriterMeetsAnotherFileError_Says()
    {
        string path = PathOf("state");
        CheckpointException error = Assert.Throws<CheckpointException>(
            () => AtomicFile.Write(path, _ => throw new IOException("The wire\nis cut.")));
        Assert.Equal(
            $"{path}: cannot be written: The wire is cut. Check the disk and save again; what was there before is untouched.", error.Message);
        Assert.Empty(FilesLeft());
    }

    /// <summary>A disk of 1 MiB in memory; mounting takes a privileged user.</summary>
    private void OnSmallDisk(Action<string> test)
    {
        string disk = Directory.CreateDirectory(PathOf("disk")).FullName;
        bool mounted = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess &&
            Succeeds("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk);
        Assert.SkipUnless(mounted, "A small disk can be mounted by a privileged user on Linux only.");
        try
        {
            test(disk);
        }
        finally
        {
            Succeeds("umount", disk);
        }
    }

    private static bool Succeeds(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(program, arguments);
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static void AssertMessage(string path, string message) =>
        Assert.Equal(message, Assert.Throws<CheckpointException>(() => AtomicFile.WriteText(path, "new")).Message);
}
