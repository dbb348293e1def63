using System.IO.Compression;
using static MiniStack.Formats.Tests.NpyBytes;

namespace MiniStack.Formats.Tests;

/// <summary>Archives with one fault each, and those that try to be expensive.</summary>
public sealed class NpzBadFileTests : TestFolder
{
    private const string Damaged = ". The file is damaged: copy, download or save it again.";
    private const string Directory = "its directory is not that of a zip archive" + Damaged;
    private const string TooMany = "there are more arrays or longer names than MiniStack allows (4096 arrays, 1048576 bytes for their names). Use several files.";

    private static readonly byte[] Array = Of(Dict("<f4", "(2,)"), 8);
    private static readonly byte[] Good = Zip(("a.npy", Array));
    private static readonly byte[] Deflated = Zip(CompressionLevel.Optimal, ("a.npy", Of(Dict("|u1", "(1000,)"), 1000)));

    public static TheoryData<byte[], string> Archives => new()
    {
        { [], "it does not begin as zip archives do. This is no .npz file, or it is damaged: check where it comes from." },
        { [.. "{}"u8], "it does not begin as zip archives do. This is no .npz file, or it is damaged: check where it comes from." },
        { Array, "it is a single array (.npy). Use Npy.Load." },
        { Good[..^1], Directory },
        { Good[..40], Directory },
        { [.. Good[..^14], 2, 0, 2, 0, .. Good[^10..]], Directory },
        { Zip(("a.npy", Array), ("a.npy", Array)), "entry 'a.npy' appears twice" + Damaged },
        { Zip(("a.txt", Array)), "entry 'a.txt' is no array: its name does not end in .npy. Remove it from the archive." },
        { Zip(("folder/", [])), "entry 'folder/' is no array: its name does not end in .npy. Remove it from the archive." },
        { Zip(("a\n.NPY", [])), "entry 'a\\u000a.NPY' is no array: its name does not end in .npy. Remove it from the archive." },
        { Zip(("a.npy", [])), "entry 'a.npy': it has 0 bytes, and the start of an array alone takes 10" + Damaged },
        { Zip(("a.npy", Good)), "entry 'a.npy': it does not begin as NumPy's arrays do. This is no .npy file, or it is damaged: check where it comes from." },
        { Zip(("../w.npy", Of(Dict("<f4", "(2,)"), 7))), "entry '../w.npy': it is cut short: shape (2) of F32 needs 8 bytes, but only 7 follow the header" + Damaged },
        { Zip(("a.npy", Of("{]"))), "entry 'a.npy': its header is wrong at byte 11: a key in quotes or '}' is expected there" + Damaged },
        { Zip(("a.npy", Of(Dict("|O", "(2,)"), 8))), "entry 'a.npy': its dtype is '|O': Python objects, which MiniStack never unpickles. Save numbers: array.astype('<f4')." },
        { WithDirectory(Good, 8, [1]), "entry 'a.npy' is encrypted. Save the archive again without a password." },
        { WithDirectory(Good, 10, [14]), "entry 'a.npy' cannot be unpacked: its bytes are neither stored nor deflated" + Damaged },
        { WithDirectory(Good, 16, [1, 2, 3, 4]), "entry 'a.npy': its checksum is wrong" + Damaged },
        { WithDirectory(Deflated, 16, [1, 2, 3, 4]), "entry 'a.npy': its checksum is wrong" + Damaged },
        { WithDirectory(Good, 20, BitConverter.GetBytes(1_000_000)), "entry 'a.npy' and those before it have more bytes than the 183 of the file" + Damaged },
        { WithDirectory(Deflated, 24, BitConverter.GetBytes(2_000_000_000)), $"entry 'a.npy' claims 2000000000 bytes, more than {PackedBytes(Deflated)} packed ones can hold" + Damaged },
        { WithDirectory(Deflated, 24, BitConverter.GetBytes(1064)), "entry 'a.npy': it is cut short: shape (1000) of U8 needs 1000 bytes, but only 994 follow the header" + Damaged },
        { WithDirectory(Good, 42, BitConverter.GetBytes(7)), "entry 'a.npy' cannot be unpacked: its bytes are neither stored nor deflated" + Damaged },
    };

    [Theory]
    [MemberData(nameof(Archives))]
    public void Load_BadArchive_SaysWhatIsWrong(byte[] bytes, string message)
    {
        string path = FileOf(bytes, "bad.npz");
        Assert.Equal($"{path}: {message}", Assert.Throws<CheckpointException>(() => Npz.Load(path)).Message);
        Assert.False(GuardedLoad.Try(path, file => Npz.Load(file)).Loaded);
    }

    [Fact]
    public void Load_DamagedDeflatedBytes_AreRefused()
    {
        byte[] bytes = [.. Deflated];
        bytes.AsSpan(60, 40).Fill(0xFF);
        Assert.False(GuardedLoad.Try(FileOf(bytes, "bad.npz"), file => Npz.Load(file)).Loaded);
    }

    [Fact]
    public void Load_Bomb_StopsAtTheSizeThatItDeclares()
    {
        // 100 MB of zeros packed into 100 KB, said to be an array of 8 bytes.
        byte[] bomb = Zip(CompressionLevel.Optimal, ("a.npy", [.. Array[..^8], .. new byte[100_000_000]]));
        bomb = WithDirectory(bomb, 24, BitConverter.GetBytes(Array.Length));
        GuardedLoad.Outcome outcome = GuardedLoad.Try(FileOf(bomb, "bomb.npz"), file => Npz.Load(file));
        Assert.False(outcome.Loaded);
        Assert.InRange(outcome.Allocated, 0, 1 << 20);
    }

    [Fact]
    public void Load_TooManyEntries_AreRefused()
    {
        string path = FileOf(Zip([.. Enumerable.Range(0, 4097).Select(i => ($"{i}.npy", Array))]), "many.npz");
        Assert.Equal($"{path}: {TooMany}", Assert.Throws<CheckpointException>(() => Npz.Load(path)).Message);
    }

    [Fact]
    public void Load_HugeDirectory_IsRefusedBeforeItIsRead()
    {
        // Entries with a short name and no bytes: 47 bytes each in the file, some 500 once read.
        byte[] zip = Zip(("x", []));
        int directory = zip.AsSpan().IndexOf("PK\x1\x2"u8);
        byte[] entry = zip[directory..(directory + 47)];
        const ushort Count = 60_000;
        byte[] end = zip[^22..];
        BitConverter.GetBytes(Count).CopyTo(end, 8);
        BitConverter.GetBytes(Count).CopyTo(end, 10);
        BitConverter.GetBytes(Count * entry.Length).CopyTo(end, 12);
        byte[] bytes = [.. zip[..directory], .. Enumerable.Repeat(entry, Count).SelectMany(copy => copy), .. end];
        string path = FileOf(bytes, "huge.npz");
        Assert.Equal($"{path}: {TooMany}", Assert.Throws<CheckpointException>(() => Npz.Load(path)).Message);
        GuardedLoad.Outcome outcome = GuardedLoad.Try(path, file => Npz.Load(file));
        Assert.InRange(outcome.Allocated, 0, 16 << 20);
    }

    private static int PackedBytes(byte[] zip) => BitConverter.ToInt32(zip, zip.AsSpan().IndexOf("PK\x1\x2"u8) + 20);
}
