using MiniStack.Data;
using MiniStack.Formats.Tests;
using static MiniStack.Tests.Readers.ReaderFiles;

namespace MiniStack.Tests.Readers;

public sealed class CifarFileTests : TestFolder
{
    [Theory]
    [InlineData(CifarKind.Cifar10, 1)]
    [InlineData(CifarKind.Cifar100, 2)]
    public void Read_TwoFiles_AreOneAfterTheOther(CifarKind kind, int labelBytes)
    {
        ImageDataset images = CifarFile.Read(kind, FileOf(Cifar(3, labelBytes), "a"), FileOf(Cifar(2, labelBytes), "b"));
        Assert.Equal([0, 1, 2, 0, 1], images.Labels);
        ImageExample example = images.Get(4);
        Assert.Equal((3, 32, 32), (example.Image.Channels, example.Image.Height, example.Image.Width));
        Assert.Equal(1, example.Label);
        Assert.Equal(2 / 255f, example.Image.Channel(0)[1], 7);
        Assert.Equal(((2047 + 1) % 256) / 255f, example.Image.Channel(1)[1023], 7);
    }

    [Fact]
    public void Read_LengthOfNoWholePictures_Says()
    {
        string path = FileOf(Cifar(2, 1)[..^1]);
        AssertSays(path, "byte 3073: the file has 6145 bytes, which is no multiple of the 3073 of a picture and its label. It is cut short, or no Cifar10 file.");
        AssertSays(FileOf([]), "byte 0: the file has 0 bytes, which is no multiple of the 3073 of a picture and its label. It is cut short, or no Cifar10 file.");
    }

    [Fact]
    public void Read_LabelTooLarge_Says()
    {
        byte[] bytes = Cifar(2, 1);
        bytes[3073] = 10;
        AssertSays(FileOf(bytes), "byte 3073: the label is 10, and Cifar10 has the classes 0 to 9. The file is damaged, or of another kind.");
    }

    [Fact]
    public void New_SizesThatDoNotFit_Says()
    {
        Assert.Equal(
            "ImageDataset: 2 images of 1×2×2 do not have 7 bytes. Check the sizes.",
            Assert.Throws<DataException>(() => new ImageDataset(new byte[7], new byte[2], 1, 2, 2)).Message);
        Assert.Throws<DataException>(() => new ImageDataset([], [], 1, 0, 2));
        Assert.Throws<IndexException>(() => new ImageDataset(new byte[8], new byte[2], 1, 2, 2).Get(2));
    }

    private static void AssertSays(string path, string message) =>
        Assert.Equal($"{path}: {message}", Assert.Throws<DataException>(() => CifarFile.Read(CifarKind.Cifar10, path)).Message);
}
