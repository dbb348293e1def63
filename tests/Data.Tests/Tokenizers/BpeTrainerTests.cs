using MiniStack.Data;

namespace MiniStack.Tests;

/// <summary>The trainer finds the merges that counting anew each time finds, with any number of threads.</summary>
[Collection(nameof(ProcessWide))]
public sealed class BpeTrainerTests
{
    private const string Tale = "the cat and the hat and the bat that sat";

    [Fact]
    public void Train_ATale_MergesTheMostFrequentPairs()
    {
        ByteLevelBpe tokenizer = new BpeTrainer { VocabularySize = 256 + 5 }.Train(Tale);

        // at: 5 of cat, hat, bat, that, sat; then (Ġ, t) and (h, e) ... by count, then by the smaller numbers.
        Assert.Equal(("a", "t"), tokenizer.Merges.First());
        Assert.Equal(5, tokenizer.Merges.Count());
        Assert.Equal(261, tokenizer.VocabularySize);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Train_RandomTexts_FindsWhatCountingAnewFinds(long minimum)
    {
        Random random = new(3);
        for (int i = 0; i < 60; i++)
        {
            // Few letters make many ties and runs; some texts are of everything.
            string text = i % 4 == 0
                ? RandomText.Next(random, 60)
                : string.Concat(Enumerable.Range(0, random.Next(10, 300)).Select(_ => random.Next(6) == 0 ? ' ' : (char)('a' + random.Next(1 + i % 3))));
            int size = 256 + random.Next(1, 60);
            (List<string> tokens, List<(string, string)> merges) = BpeSpecification.Train(
                ByteAlphabet.InOrder().Select(letter => $"{letter}"), Words(text), size, minimum);

            ByteLevelBpe tokenizer = new BpeTrainer { VocabularySize = size, MinimumCount = minimum }.Train(text);

            Assert.Equal(merges, tokenizer.Merges);
            Assert.Equal(tokens, tokenizer.Vocabulary.OrderBy(pair => pair.Value).Select(pair => pair.Key));
        }
    }

    [Fact]
    public void Train_AnyNumberOfThreads_FindsTheSame()
    {
        string text = TinyTales.Generate(600_000, new Rng(5)) + RandomText.Next(new Random(4), 20_000);
        string[] lines = text.Split('\n');
        int before = CpuThreads.Count;
        try
        {
            List<(string, string)[]> found = [], foundInLines = [], foundBetween = [];
            foreach (int threads in (int[])[1, 2, 3, 8])
            {
                CpuThreads.Count = threads;
                found.Add([.. new BpeTrainer { VocabularySize = 800 }.Train(text).Merges]);
                foundInLines.Add([.. new BpeTrainer { VocabularySize = 800 }.Train(lines).Merges]);
                foundBetween.Add([.. new BpeTrainer { VocabularySize = 801, SpecialTokens = ["\n"] }.Train(text).Merges]);
            }
            Assert.All(found, merges => Assert.Equal(found[0], merges));
            Assert.All(foundInLines.Concat(foundBetween), merges => Assert.Equal(foundInLines[0], merges));
            Assert.Equal(800 - 256, found[0].Length);
        }
        finally
        {
            CpuThreads.Count = before;
        }
    }

    [Fact]
    public void Train_SpecialTokens_ComeFirstAndAreNotLearntFrom()
    {
        string text = string.Concat(Enumerable.Repeat("<|end|>ab<|end|>cd ", 10));

        ByteLevelBpe tokenizer = new BpeTrainer { VocabularySize = 400, SpecialTokens = ["<|end|>", "<|pad|>"] }.Train(text);

        Assert.Equal([0, 1], tokenizer.AddedTokens.Select(token => token.Id));
        Assert.Equal([("a", "b"), ("c", "d")], tokenizer.Merges);
        Assert.Equal([0, tokenizer.Vocabulary["ab"], 0, 1], tokenizer.Encode("<|end|>ab<|end|><|pad|>"));
        Assert.Equal(2 + 256 + 2, tokenizer.VocabularySize);
    }

    [Fact]
    public void Train_SeveralTexts_MergesNothingAcrossThem()
    {
        ByteLevelBpe tokenizer = new BpeTrainer { VocabularySize = 300 }.Train(["a", "b", "a", "b", "cd", "cd"]);

        Assert.Equal([("c", "d")], tokenizer.Merges);
    }

    [Fact]
    public void Train_WithAPrefixSpace_LearnsIt()
    {
        ByteLevelBpe tokenizer = new BpeTrainer { VocabularySize = 257, Options = new() { AddPrefixSpace = true } }.Train(["ab", "ac"]);

        Assert.Equal([("Ġ", "a")], tokenizer.Merges);
    }

    [Fact]
    public void Train_Progress_TellsEveryMerge()
    {
        Reports reports = new();

        new BpeTrainer { VocabularySize = 260 }.Train(Tale, reports);

        // ' the' and ' and' stand twice.
        Assert.Equal([256, 257, 258, 259, 260], reports.All.Select(report => report.Tokens));
        Assert.Equal(new BpeProgress(8, 257, 260, 5), reports.All[1]);
        Assert.Equal(reports.All.Skip(1).Select(report => report.LastCount).OrderDescending(), reports.All.Skip(1).Select(report => report.LastCount));
    }

    [Fact]
    public void Train_Cancelled_Throws()
    {
        using CancellationTokenSource cancel = new();
        Reports reports = new(_ => cancel.Cancel());

        Assert.Throws<OperationCanceledException>(() => new BpeTrainer { VocabularySize = 260 }.Train(Tale, reports, cancel.Token));
        Assert.Single(reports.All);
    }

    [Fact]
    public void Train_SettingsThatMakeNoSense_SayWhatToDo()
    {
        Assert.Equal("BpeTrainer: a vocabulary of 257 is too small for 256 bytes and 2 special tokens. Ask for at least 258.",
            Assert.Throws<ConfigException>(() => new BpeTrainer { VocabularySize = 257, SpecialTokens = ["<a>", "<b>"] }.Train(Tale)).Message);
        Assert.Equal("BpeTrainer: MinimumCount must be at least 1, not 0.",
            Assert.Throws<ConfigException>(() => new BpeTrainer { VocabularySize = 300, MinimumCount = 0 }.Train(Tale)).Message);
        Assert.Equal("BpeTrainer: the special token '<a>' is given twice. Give it once.",
            Assert.Throws<DataException>(() => new BpeTrainer { VocabularySize = 300, SpecialTokens = ["<a>", "<a>"] }.Train(Tale)).Message);
        Assert.Equal("BpeTrainer: a special token is empty. Give every token a text.",
            Assert.Throws<DataException>(() => new BpeTrainer { VocabularySize = 300, SpecialTokens = [""] }.Train(Tale)).Message);
    }

    private static IEnumerable<(string[], long)> Words(string text)
    {
        List<string> words = [];
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = Gpt2Splitter.EndOfPiece(text, start);
            words.Add(text[start..end]);
        }
        return words.Select(word => (BpeSpecification.Letters(word).ToArray(), 1L));
    }

    private sealed class Reports(Action<BpeProgress>? act = null) : IProgress<BpeProgress>
    {
        public List<BpeProgress> All { get; } = [];

        public void Report(BpeProgress value)
        {
            All.Add(value);
            act?.Invoke(value);
        }
    }
}
