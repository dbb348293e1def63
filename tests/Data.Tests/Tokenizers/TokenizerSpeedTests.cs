using System.Diagnostics;
using System.Globalization;
using System.Text;
using MiniStack.Data;

namespace MiniStack.Tests;

/// <summary>How fast a text of a megabyte is learnt from and encoded. Soak runs hold the speed to a floor that a busy machine reaches too.</summary>
[Collection(nameof(ProcessWide))]
public sealed class TokenizerSpeedTests(ITestOutputHelper output)
{
    private const int Turns = 15;
    private const double Floor = 5e6;

    [Theory]
    [InlineData(1_000)]
    [InlineData(4_000)]
    public void Encode_AMegabyte_ByOneThreadIsFast(int vocabularySize)
    {
        bool plays = TinyShakespeare.File is not null;
        string text = plays ? TextFile.Read(TinyShakespeare.File!) : TinyTales.Generate(1_000_000, new Rng(1));
        int bytes = Encoding.UTF8.GetByteCount(text);

        long start = Stopwatch.GetTimestamp();
        ByteLevelBpe tokenizer = new BpeTrainer { VocabularySize = vocabularySize }.Train(text);
        double training = Stopwatch.GetElapsedTime(start).TotalSeconds;
        int[] ids = tokenizer.Encode(text);
        List<double> rates = [];
        for (int turn = 0; turn < Turns; turn++)
        {
            start = Stopwatch.GetTimestamp();
            tokenizer.Encode(text);
            rates.Add(bytes / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        rates.Sort();
        ByteLevelBpe fresh = new(tokenizer.Vocabulary, [.. tokenizer.Merges]);
        start = Stopwatch.GetTimestamp();
        fresh.Encode(text);
        double first = bytes / Stopwatch.GetElapsedTime(start).TotalSeconds;
        start = Stopwatch.GetTimestamp();
        string decoded = tokenizer.Decode(ids);
        double decoding = bytes / Stopwatch.GetElapsedTime(start).TotalSeconds;

        Assert.Equal(text, decoded);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"measured: BPE of {vocabularySize} tokens on {(plays ? "Tiny Shakespeare" : "TinyTales")}, {bytes / 1e6:F2} MB: learnt in {training:F2} s by {CpuThreads.Count} threads; " +
            $"encoded by one at {rates[^1] / 1e6:F0} MB/s at best, {rates[Turns / 2] / 1e6:F0} in the median, {first / 1e6:F0} with no word remembered; " +
            $"decoded at {decoding / 1e6:F0}; {(double)bytes / ids.Length:F3} bytes a token"));
        if (Soak.IsOn) Assert.True(rates[^1] > Floor && training < 60, $"{rates[^1] / 1e6:F1} MB/s, {training:F1} s");
    }
}
