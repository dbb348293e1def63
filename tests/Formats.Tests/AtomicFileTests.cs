namespace MiniStack.Formats.Tests;

public sealed class AtomicFileTests : TestFolder
{
    private string Target => PathOf("state.txt");

    [Fact]
    public void WriteText_NewAndOldFile_HoldsTheNewTextAlone()
    {
        AtomicFile.WriteText(Target, "first, and longer");
        AtomicFile.WriteText(Target, "zweitens: ä");
        Assert.Equal("zweitens: ä"u8.ToArray(), File.ReadAllBytes(Target));
        Assert.Equal(["state.txt"], FilesLeft());
    }

    [Fact]
    public void Write_WriterClosesItsStream_IsFine()
    {
        AtomicFile.Write(Target, stream =>
        {
            using StreamWriter writer = new(stream);
            writer.Write("closed");
        });
        Assert.Equal("closed", File.ReadAllText(Target));
    }

    [Fact]
    public void Write_WriterFails_LeavesTheOldFileAndNothingElse()
    {
        AtomicFile.WriteText(Target, "old");
        InvalidTimeZoneException error = Assert.Throws<InvalidTimeZoneException>(() => AtomicFile.Write(Target, stream =>
        {
            stream.Write(new byte[1 << 20]);
            throw new InvalidTimeZoneException("the writer's own");
        }));
        Assert.Equal("the writer's own", error.Message);
        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Equal(["state.txt"], FilesLeft());
    }

    [Fact]
    public void Write_WriterFailsBeforeAnyFile_LeavesNothing()
    {
        Assert.Throws<InvalidTimeZoneException>(() => AtomicFile.Write(Target, _ => throw new InvalidTimeZoneException()));
        Assert.Empty(FilesLeft());
    }

    [Fact]
    public void Write_WhileWriting_ReadersSeeTheOldFile()
    {
        AtomicFile.WriteText(Target, "old");
        AtomicFile.Write(Target, stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(Target));
        });
        Assert.Equal("new", File.ReadAllText(Target));
    }

    [Fact]
    public void Write_TemporaryFileOfADeadWriter_IsRemoved()
    {
        string stale = PathOf($".state.txt.{Guid.NewGuid():N}.tmp");
        string[] kept = [".other.txt.0123456789abcdef0123456789abcdef.tmp", ".state.txt.mine.tmp", "state.txt.tmp"];
        File.WriteAllText(stale, "half");
        foreach (string name in kept) File.WriteAllText(PathOf(name), "kept");
        AtomicFile.WriteText(Target, "new");
        Assert.Equal([.. kept.Append("state.txt").Order(StringComparer.Ordinal)], FilesLeft());
    }

    [Fact]
    public void Write_TwoWritersOfOneFile_DoNotDisturbEachOther()
    {
        // The inner write looks for stale files while the outer one's is open: its lock must protect it.
        AtomicFile.Write(Target, outer =>
        {
            outer.Write("outer"u8);
            AtomicFile.WriteText(Target, "inner");
            Assert.Equal("inner", File.ReadAllText(Target));
        });
        Assert.Equal("outer", File.ReadAllText(Target));
        Assert.Equal(["state.txt"], FilesLeft());
    }

    [Fact]
    public void Write_ManyThreads_AlwaysLeaveOneWholeText()
    {
        string[] texts = [.. Enumerable.Range(0, 4).Select(i => new string((char)('a' + i), 10_000 + i))];
        Parallel.ForEach(texts, text =>
        {
            for (int i = 0; i < 25; i++) AtomicFile.WriteText(Target, text);
        });
        Assert.Contains(File.ReadAllText(Target), texts);
        Assert.Equal(["state.txt"], FilesLeft());
    }

    /// <summary>A link in a folder that others can write to must not lead a save elsewhere.</summary>
    [Fact]
    public void Write_WhereALinkStands_ReplacesTheLinkAndNotItsTarget()
    {
        AtomicFile.WriteText(Target, "precious");
        foreach (string to in (string[])[Target, PathOf("nothing there"), "/dev/null"])
        {
            string link = PathOf("link");
            File.CreateSymbolicLink(link, to);
            AtomicFile.WriteText(link, "new");
            Assert.Null(new FileInfo(link).LinkTarget);
            Assert.Equal("new", File.ReadAllText(link));
            Assert.Equal("precious", File.ReadAllText(Target));
            File.Delete(link);
        }
        Assert.Equal(["state.txt"], FilesLeft());
    }

    [Fact]
    public void Write_StaleTemporaryFileThatIsALink_IsRemovedAndNotFollowed()
    {
        File.WriteAllText(PathOf("elsewhere"), "precious");
        File.CreateSymbolicLink(PathOf($".state.txt.{Guid.NewGuid():N}.tmp"), PathOf("elsewhere"));
        AtomicFile.WriteText(Target, "new");
        Assert.Equal("precious", File.ReadAllText(PathOf("elsewhere")));
        Assert.Equal(["elsewhere", "state.txt"], FilesLeft());
    }
}
