using MiniStack.Data;
using MiniStack.Examples.Data;

namespace MiniStack.Tests.Part3;

/// <summary>One training gives the tokenizers of all sizes, and the numbers of the chapter.</summary>
public sealed class BpeDemoTests
{
    private static readonly (string Learnt, string HeldOut) Quick = BpeDemo.Split(BpeDemo.Tales(quick: true));
    private static readonly ByteLevelBpe Tokenizer = new BpeTrainer { VocabularySize = BpeDemo.QuickSize }.Train(Quick.Learnt);

    [Fact]
    public void Smaller_OfATokenizer_IsWhatTrainingWouldGive()
    {
        ByteLevelBpe trained = new BpeTrainer { VocabularySize = 400 }.Train(Quick.Learnt), cut = BpePoint.Smaller(Tokenizer, 400);
        Assert.Equal(trained.Merges, cut.Merges);
        Assert.Equal(trained.Vocabulary.OrderBy(pair => pair.Value), cut.Vocabulary.OrderBy(pair => pair.Value));
    }

    [Fact]
    public void Measure_OfTales_FindsTheseBytesAToken()
    {
        IReadOnlyList<BpePoint> points = BpeDemo.Measure(Tokenizer, Quick.Learnt, Quick.HeldOut);

        Assert.Equal([256, 512, 1024], points.Select(point => point.Tokenizer.VocabularySize));
        Assert.Equal((1.0, 1.0), (points[0].Learnt, points[0].HeldOut));
        Assert.Equal((2.090, 2.078), (Math.Round(points[1].Learnt, 3), Math.Round(points[1].HeldOut, 3)));
        Assert.Equal((2.911, 2.884), (Math.Round(points[2].Learnt, 3), Math.Round(points[2].HeldOut, 3)));
        Assert.True(points[0].Bits > points[1].Bits && points[1].Bits > points[2].Bits);
        // No way to read the text can say less than the grammar that made it.
        Assert.True(points[2].Bits > TinyTales.EntropyPerCharacter / Math.Log(2));
    }

    [Fact]
    public void Split_OfATextThatIsTooShort_SaysSo() =>
        Assert.Equal("bpe: the text has 5 characters, too few to learn from. Give at least 2000 with --data.", Assert.Throws<DataException>(() => BpeDemo.Split("short")).Message);

    [Fact]
    public void Data_OfAFile_IsLearntFrom()
    {
        string folder = Directory.CreateTempSubdirectory("ministack-bpe-").FullName;
        try
        {
            string file = Path.Combine(folder, "text.txt");
            File.WriteAllText(file, string.Concat(Enumerable.Repeat("naïve café, naïve 中文 😀\n", 200)));
            ExampleResult result = ExampleProcess.Run("Part3.Data.dll", "bpe", "--data", file, "--vocabulary", "300", "--out", folder);
            Assert.Equal((0, ""), (result.ExitCode, result.Error));
            Assert.Contains("text.txt: ", result.Output);
            Assert.Contains("No pair stands twice any more", result.Output);
            Assert.Equal((2, $"error: {file}x: there is no such file. Check the path.", ""), Missing(file));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static (int, string, string) Missing(string file)
        {
            ExampleResult result = ExampleProcess.Run("Part3.Data.dll", "bpe", "--data", file + "x");
            return (result.ExitCode, result.Error.TrimEnd(), result.Output);
        }
    }
}
