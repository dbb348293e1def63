using System.IO.Compression;
using MiniStack.Data;
using MiniStack.Formats.Tests;
using static MiniStack.Tests.Readers.ReaderFiles;

namespace MiniStack.Tests.Readers;

public sealed class IdxFileTests() : TestFolder(manyFiles: true)
{
    [Fact]
    public void ReadBytes_PlainAndGzipped_AreTheSame()
    {
        byte[] idx = Idx(0x08, [2, 3], 1, 2, 3, 4, 5, 250);
        IdxBytes plain = IdxFile.ReadBytes(FileOf(idx, "a")), zipped = IdxFile.ReadBytes(FileOf(Gzip(idx), "b"));
        Assert.Equal([2, 3], plain.Sizes);
        Assert.Equal([1, 2, 3, 4, 5, 250], plain.Data);
        Assert.Equal(plain.Data, zipped.Data);
        Assert.Equal(plain.Sizes, zipped.Sizes);
    }

    [Fact]
    public void Read_EveryType_IsBigEndian()
    {
        Tensor Of(byte type, int count, params byte[] data) => IdxFile.Read(FileOf(Idx(type, [count], data), "x"));
        Assert.Equal([1, 255], Of(0x08, 2, 1, 255).ToArray<byte>());
        Assert.Equal([1, -1], Of(0x09, 2, 1, 255).ToArray<int>());
        Assert.Equal([258, -2], Of(0x0B, 2, 1, 2, 255, 254).ToArray<int>());
        Assert.Equal([16_909_060], Of(0x0C, 1, 1, 2, 3, 4).ToArray<int>());
        Assert.Equal([1.5f], Of(0x0D, 1, 0x3F, 0xC0, 0, 0).ToArray<float>());
        Assert.Equal([-2.0], Of(0x0E, 1, 0xC0, 0, 0, 0, 0, 0, 0, 0).ToArray<double>());
        Assert.Equal([0, 5], IdxFile.Read(FileOf(Idx(0x0D, [0, 5]), "empty")).Shape);
    }

    [Fact]
    public void Read_WrongMagic_Says() => AssertSays(
        FileOf([1, 2, 8, 1, 0, 0, 0, 0]),
        "byte 0: it begins with 01020801; IDX files begin with 0000, a type from 08 to 0E, and 1 to 8 axes. It is no IDX file, or damaged.");

    [Fact]
    public void Read_SizesDoNotMatchTheLength_Says()
    {
        byte[] idx = Idx(0x08, [2, 3], 1, 2, 3, 4, 5);
        AssertSays(FileOf(idx), "byte 12: the sizes 2×3 ask for 6 bytes, but 5 follow. The file is cut short, or its sizes are damaged.");
        AssertSays(FileOf(Gzip(idx)), "byte 12: the sizes 2×3 ask for 6 bytes, but 5 follow when unpacked. The file is cut short, or its sizes are damaged.");
        AssertSays(FileOf([.. idx, 6, 7]), "byte 12: the sizes 2×3 ask for 6 bytes, but 7 follow. The file is cut short, or its sizes are damaged.");
        AssertSays(FileOf(Gzip([.. idx, 6, 7])), "byte 12: the sizes 2×3 ask for 6 bytes, but more follow when unpacked. The file is cut short, or its sizes are damaged.");
    }

    [Fact]
    public void Read_HugeSizes_SaysAndAllocatesNothing()
    {
        string path = FileOf(Idx(0x0E, [70_000, 28, 280]));
        Outcome(path, "byte 12: with axis 2 of 280, there are more than 2147483591 bytes of elements, the most that is read (2 GiB). Cut the file into smaller ones, unless its sizes are damaged.");
        path = FileOf(Idx(0x08, [0x7FFF_0000]));
        Outcome(path, "byte 8: the sizes 2147418112 ask for 2147418112 bytes, but 0 follow. The file is cut short, or its sizes are damaged.");
        byte[] zipped = Gzip(Idx(0x08, [0x7FFF_0000]));
        Outcome(FileOf(zipped), $"byte 4: the sizes 2147418112 ask for 2147418112 bytes, more than {zipped.Length} gzipped ones are trusted with. The file is damaged, or holds little but repetitions: unpack it first.");

        void Outcome(string file, string message)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            AssertSays(file, message);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        }
    }

    [Fact]
    public void Read_HeaderCutShort_Says() =>
        AssertSays(FileOf([0, 0, 8, 2, 0, 0]), "byte 6: the file ends there, where 2 more bytes were expected. It is cut short.");

    [Fact]
    public void Read_GzipCutShortAnywhere_IsRefused()
    {
        byte[] zipped = Gzip(Idx(0x08, [1000], [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * i / 7))]));
        for (int length = 2; length < zipped.Length; length++)
        {
            string path = FileOf(zipped[..length]);
            Assert.StartsWith(path, Assert.Throws<DataException>(() => IdxFile.Read(path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_GzipWithADamagedByte_Says()
    {
        byte[] zipped = Gzip(Idx(0x08, [1000], [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * i / 7))]));
        zipped[^6] ^= 1; // of the checksum
        string path = FileOf(zipped);
        AssertSays(path, "it begins as a gzipped file, but cannot be unpacked: its bytes are damaged. Copy or download it again.");
    }

    [Fact]
    public void ReadBytes_AnotherType_Says()
    {
        string path = FileOf(Idx(0x0D, [0]));
        Assert.Equal(
            $"{path}: byte 2: the elements are of type 0x0D, and unsigned bytes (0x08) were expected. Read it with IdxFile.Read.",
            Assert.Throws<DataException>(() => IdxFile.ReadBytes(path)).Message);
    }

    [Fact]
    public void ReadBytes_AnotherTypeOrOtherAxes_SaysBeforeItReadsTheElements()
    {
        byte[] elements = new byte[16 << 20];
        string floats = FileOf(Gzip(Idx(0x0D, [1 << 22], elements)), "floats"), labels = FileOf(Gzip(Idx(0x08, [1 << 24], elements)), "labels");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<DataException>(() => IdxFile.ReadBytes(floats));
        Assert.Throws<DataException>(() => ImageDataset.FromIdx(labels, labels));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void Read_NoSuchFile_Says()
    {
        AssertSays(PathOf("none"), "it cannot be read: there is no such file. Check the path.");
        AssertSays(PathOf("none/none"), "it cannot be read: its folder does not exist. Check the path.");
        AssertSays(Folder, "it cannot be read: it is a folder. Name a file inside it.");
    }

    [Fact]
    public void FromIdx_FilesThatDoNotBelongTogether_Says()
    {
        string images = FileOf(Idx(0x08, [2, 1, 2], 1, 2, 3, 255), "images"), labels = FileOf(Idx(0x08, [2], 7, 9), "labels"), three = FileOf(Idx(0x08, [3], 1, 2, 3), "three");
        ImageExample example = ImageDataset.FromIdx(images, labels).Get(1);
        Assert.Equal([3 / 255f, 1], example.Image.Pixels);
        Assert.Equal(9, example.Label);
        Assert.Equal(
            $"{three}: it has 3 labels, but {images} has 2 images. Name two files that belong together.",
            Assert.Throws<DataException>(() => ImageDataset.FromIdx(images, three)).Message);
        Assert.Equal(
            $"{labels}: it has 1 axes; images have three: count, height, width. Are the two files exchanged?",
            Assert.Throws<DataException>(() => ImageDataset.FromIdx(labels, images)).Message);
        Assert.Equal(
            $"{images}: it has 3 axes; labels have one. Are the two files exchanged?",
            Assert.Throws<DataException>(() => ImageDataset.FromIdx(images, images)).Message);
    }

    private static void AssertSays(string path, string message) =>
        Assert.Equal($"{path}: {message}", Assert.Throws<DataException>(() => IdxFile.Read(path)).Message);
}
