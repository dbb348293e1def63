using MiniStack.Data;
using MiniStack.Examples.Models;
using MiniStack.Models;

namespace MiniStack.Tests.Part4;

public sealed class LecunDemoTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ministack-lecun-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Train_OnTinyDigits_ReadsNineteenOfTwenty()
    {
        IReadOnlyList<LecunEpoch> path = LecunDemo.Train(new LeCun1989(new LeCun1989Config(), new Rng(1)), SmallDigits.Of(null, 2000, 500), epochs: 5);
        Assert.InRange(path[^1].TestError, 0, 0.06);
        Assert.True(path[^1].Loss < path[0].Loss / 3, $"{path[0].Loss} to {path[^1].Loss}");
    }

    [Fact]
    public void Shrink_OfAPicture_KeepsItsInk()
    {
        Image image = TinyDigits.Draw(8, new Rng(1)), small = SmallDigits.Shrink(image);
        Assert.Equal(image.Pixels.Average(), small.Pixels.Average(pixel => (pixel + 1) / 2), 5);
        Assert.All(SmallDigits.Shrink(Image.Empty(1, 28, 28)).Pixels, pixel => Assert.Equal(-1, pixel));
    }

    [Fact]
    public void Lecun1989_OfAFolderOfIdxFiles_ReadsThem()
    {
        Write(10_000);
        ExampleResult result = ExampleProcess.Run("Part4.Models.dll", "lecun1989", "--quick", "--epochs", "1", "--data", _folder, "--out", Path.Combine(_folder, "out"));
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains($"{_folder}: 1,500 digits to learn from, 500 to test", result.Output);
    }

    [Fact]
    public void Lecun1989_OfTooFewPictures_OrNone_SaysWhatToDo()
    {
        Write(100);
        ExampleResult few = ExampleProcess.Run("Part4.Models.dll", "lecun1989", "--quick", "--data", _folder, "--out", _folder);
        Assert.Equal((2, $"error: {_folder}: there are 100 pictures, but 1500 to train and 500 to test are wanted. Use all of MNIST's t10k files."), (few.ExitCode, few.Error.TrimEnd()));
        ExampleResult none = ExampleProcess.Run("Part4.Models.dll", "lecun1989", "--quick", "--data", Path.Combine(_folder, "none"), "--out", _folder);
        Assert.Equal(2, none.ExitCode);
        Assert.StartsWith($"error: {Path.Combine(_folder, "none", "t10k-images-idx3-ubyte.gz")}: ", none.Error);
    }

    /// <summary>Pictures of noise: nobody can learn them, but they can be read.</summary>
    private void Write(int count)
    {
        Rng rng = new(1);
        byte[] pixels = new byte[count * 64], labels = new byte[count];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = (byte)rng.Next(256);
        for (int i = 0; i < count; i++) labels[i] = (byte)(i % 10);
        byte[] many = [(byte)(count >> 24), (byte)(count >> 16), (byte)(count >> 8), (byte)count];
        File.WriteAllBytes(Path.Combine(_folder, "t10k-images-idx3-ubyte"), [0, 0, 8, 3, .. many, 0, 0, 0, 8, 0, 0, 0, 8, .. pixels]);
        File.WriteAllBytes(Path.Combine(_folder, "t10k-labels-idx1-ubyte"), [0, 0, 8, 1, .. many, .. labels]);
    }
}
