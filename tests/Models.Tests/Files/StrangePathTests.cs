using System.Diagnostics;
using System.Reflection;
using MiniStack.Data;
using MiniStack.Formats;
using MiniStack.Formats.Tests;
using MiniStack.Models;

namespace MiniStack.Tests.Files;

/// <summary>Whatever a path leads to, every reader and writer takes it or refuses it with one sentence, at once, and touches nothing else.</summary>
public sealed class StrangePathTests : TestFolder
{
    public static TheoryData<string> Readers => [.. PathTable.Readers.Keys];

    public static TheoryData<string> Writers => [.. PathTable.Writers.Keys];

    public static TheoryData<string> Folders => [.. PathTable.Folders.Keys];

    public static TheoryData<string> FolderWriters => [.. PathTable.FolderWriters.Keys];

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_WhatIsNoPlainFile_IsRefusedAtOnce(string reader)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The kinds of files are those of Linux.");
        foreach (string kind in StrangePaths.Names)
        {
            string folder = Directory.CreateDirectory(PathOf(kind.Replace(' ', '-'))).FullName, path = StrangePaths.Make(kind, folder);
            Refused(() => PathTable.Readers[reader](path), kind, reader.StartsWith("PlainFile", StringComparison.Ordinal));
        }
        Assert.Throws<ArgumentNullException>(() => PathTable.Readers[reader](null!));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Read_AFolderWithWhatIsNoPlainFile_IsRefusedAtOnce(string reader)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The kinds of files are those of Linux.");
        (Action<string> use, string[] files) = PathTable.Folders[reader];
        string[] kinds = ["pipe", "folder", "endless device", "link to a pipe", "link to a device", "link to nothing", "made up by the kernel", "forbidden"];
        foreach (string file in files)
        {
            foreach (string kind in kinds)
            {
                string folder = Directory.CreateDirectory(PathOf($"{file}-{kind.Replace(' ', '-')}")).FullName;
                if (reader == "Peft.Load") File.WriteAllText(Path.Combine(folder, files[0]), """{ "peft_type": "LORA", "r": 2, "lora_alpha": 4 }""");
                else if (ModelTable.ByName.TryGetValue(reader.Split('.')[0], out ModelRow? row)) row.Type.GetMethod("Save")!.Invoke(row.Make(row.Config, new Rng(1)), [folder]);
                else PathTable.FolderWriters["Gpt.Save"](folder);
                File.Delete(Path.Combine(folder, file));
                string strange = StrangePaths.Make(kind, Directory.CreateDirectory(Path.Combine(folder, "made")).FullName);
                File.CreateSymbolicLink(Path.Combine(folder, file), strange);
                Refused(() => use(folder), kind);
            }
        }
        foreach (string none in (string[])["", " ", "a\0b", "a\ud800", new string('n', 300), PathOf("none")]) Refused(() => use(none), none);
        Assert.Throws<ArgumentNullException>(() => use(null!));
    }

    [Theory]
    [MemberData(nameof(Writers))]
    public void Write_WhereNoFileCanBe_IsRefusedAtOnce(string writer)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The kinds of files are those of Linux.");
        bool isCheck = writer == "PlainFile.CheckTarget";
        string[] kinds = ["pipe", "socket", "folder", "endless device", "empty device", "made up by the kernel", "no folder", "empty", "blank", "zero character", "half a character", "too long a name", "too long a path", "under a file"];
        foreach (string kind in kinds)
        {
            if (isCheck && kind is "made up by the kernel" or "no folder" or "too long a name" or "too long a path" or "under a file") continue; // the writing tells
            string folder = Directory.CreateDirectory(PathOf(kind.Replace(' ', '-'))).FullName, path = StrangePaths.Make(kind, folder);
            string[] before = Directory.GetFileSystemEntries(folder);
            Refused(() => PathTable.Writers[writer](path), kind, isCheck);
            Assert.Equal(before, Directory.GetFileSystemEntries(folder));
        }
        Assert.True(File.Exists("/dev/null") && new FileInfo("/dev/null").Length == 0);
        Assert.Throws<ArgumentNullException>(() => PathTable.Writers[writer](null!));
    }

    [Theory]
    [MemberData(nameof(FolderWriters))]
    public void Write_WhereNoFolderCanBe_IsRefusedAtOnce(string writer)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The kinds of files are those of Linux.");
        foreach (string kind in (string[])["pipe", "endless device", "link to a device", "link to nothing", "made up by the kernel", "empty", "blank", "zero character", "half a character", "too long a name", "too long a path", "under a file"])
        {
            string folder = Directory.CreateDirectory(PathOf(kind.Replace(' ', '-'))).FullName, path = StrangePaths.Make(kind, folder);
            Refused(() => PathTable.FolderWriters[writer](path), kind);
        }
        Assert.Throws<ArgumentNullException>(() => PathTable.FolderWriters[writer](null!));
    }

    [Theory]
    [MemberData(nameof(Writers))]
    public void Write_WhereALinkStands_LeavesItsTargetAlone(string writer)
    {
        string target = FileOf([1, 2, 3], "precious"), link = PathOf("link");
        File.CreateSymbolicLink(link, target);
        PathTable.Writers[writer](link);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(target));
        if (writer != "PlainFile.CheckTarget") Assert.Null(new FileInfo(link).LinkTarget);
    }

    [Fact]
    public void Save_IntoAFolderWithLinks_WritesNothingElsewhere()
    {
        foreach ((string writer, Action<string> save) in PathTable.FolderWriters)
        {
            string folder = Directory.CreateDirectory(PathOf(writer)).FullName, target = FileOf([1, 2, 3], $"{writer}.precious");
            foreach (string file in (string[])["config.json", "model.safetensors", "adapter_config.json", "adapter_model.safetensors"]) File.CreateSymbolicLink(Path.Combine(folder, file), target);
            save(folder);
            Assert.Equal([1, 2, 3], File.ReadAllBytes(target));
        }
    }

    /// <summary>A public method that takes a path and is in no table would not be tried.</summary>
    [Fact]
    public void Table_OfPaths_HasEveryPublicMethodThatTakesOne()
    {
        string[] names = ["path", "file", "folder", "from", "to", "paths", "imagesPath", "labelsPath"];
        string[] exceptions = ["CharTokenizer.FromJson", "PlainFile.Check", "PlainFile.Show", "AtomicFile.Rename"]; // a name for messages; texts; see AtomicFileErrorTests
        HashSet<string> known = [.. PathTable.Readers.Keys, .. PathTable.Writers.Keys, .. PathTable.Folders.Keys, .. PathTable.FolderWriters.Keys, .. exceptions];
        Assembly[] rooms = [typeof(PlainFile).Assembly, typeof(Safetensors).Assembly, typeof(ModelFolder).Assembly];
        List<string> missing = [];
        foreach (Type type in rooms.SelectMany(room => room.GetExportedTypes()))
        {
            IEnumerable<MethodBase> methods = type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly).Cast<MethodBase>().Concat(type.GetConstructors());
            foreach (MethodBase method in methods.Where(method => method.GetParameters().Any(IsPath)))
            {
                string name = method.IsConstructor ? type.Name : $"{type.Name}.{method.Name}";
                if (!known.Contains(name)) missing.Add(name);
            }
        }
        Assert.Empty(missing);

        bool IsPath(ParameterInfo parameter) => names.Contains(parameter.Name) && (parameter.ParameterType == typeof(string) || parameter.ParameterType == typeof(IReadOnlyList<string>));
    }

    /// <summary>One sentence of a type that callers know; within a second, though a pipe could keep a reader for ever.</summary>
    private static void Refused(Action use, string kind, bool isFileError = false)
    {
        Exception? error = null;
        long start = Stopwatch.GetTimestamp();
        Thread thread = new(() => error = Record.Exception(() =>
        {
            if (kind == "forbidden") Unprivileged.Run(use);
            else use();
        })) { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(10)), $"{kind}: it hangs.");
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 5); // the machine may be busy; what hangs takes longer
        if (isFileError) Assert.True(error is IOException or UnauthorizedAccessException, $"{kind}: {error}");
        else
        {
            Assert.True(error is DataException or CheckpointException, $"{kind}: {error}");
            Assert.DoesNotContain('\n', error.Message);
            Assert.DoesNotContain('\0', error.Message);
            Assert.InRange(error.Message.Length, 20, 1000);
            Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
        }
    }
}
