using System.CommandLine;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using MiniStack.Data;
using MiniStack.Formats;
using Spectre.Console;

namespace MiniStack.Examples.Data;

/// <summary>The demo bpe: learns a tokenizer from a text, and shows what a larger vocabulary buys.</summary>
internal sealed partial class BpeDemo
{
    public const int DefaultSize = 4096, QuickSize = 1024;
    private const int TalesLength = 1_000_000, QuickTalesLength = 200_000, ShortestText = 2_000, LongestSentence = 72, FirstMerges = 12;

    private readonly Option<string?> _data = CommandLine.Path("--data", "FILE", "Text file to learn from (default: TinyTales, made by a grammar)");
    private readonly Option<long?> _vocabulary = CommandLine.Whole("--vocabulary", 256, 65_536, $"Tokens that there shall be (default: {DefaultSize}, quick {QuickSize})");
    private readonly DemoOptions _common = new();

    public Command Command()
    {
        Command command = new("bpe", "Learns a tokenizer by merging the most frequent pairs of bytes, and shows how many bytes a token holds, by size of the vocabulary.") { _data, _vocabulary };
        return _common.AddTo(command, Run);
    }

    /// <summary>One training gives the tokenizers of all sizes: powers of two, and what was asked for.</summary>
    public static IReadOnlyList<BpePoint> Measure(ByteLevelBpe tokenizer, string learnt, string heldOut)
    {
        List<int> sizes = [];
        for (int size = 256; size < tokenizer.VocabularySize; size *= 2) sizes.Add(size);
        return [.. sizes.Append(tokenizer.VocabularySize).Select(size => BpePoint.Measure(BpePoint.Smaller(tokenizer, size), learnt, heldOut))];
    }

    /// <summary>The first nine tenths to learn from, the rest to measure with.</summary>
    public static (string Learnt, string HeldOut) Split(string text)
    {
        if (text.Length < ShortestText)
            throw new DataException($"bpe: the text has {text.Length} characters, too few to learn from. Give at least {ShortestText} with --data.");
        int cut = (int)(text.Length * 0.9);
        if (char.IsLowSurrogate(text[cut])) cut++;
        return (text[..cut], text[cut..]);
    }

    public static string Tales(bool quick) => TinyTales.Generate(quick ? QuickTalesLength : TalesLength, new Rng(1));

    private int Run(ParseResult options)
    {
        bool quick = _common.Quick(options);
        string? file = options.GetValue(_data);
        (string learnt, string heldOut) = Split(file is null ? Tales(quick) : TextFile.Read(file));
        int size = (int)(options.GetValue(_vocabulary) ?? (quick ? QuickSize : DefaultSize));
        string folder = _common.Folder(options, "bpe");
        Report.Line($"Predicted: a word with its space takes some 5 bytes, so with a token for each word there are 4 or more bytes a token; each doubling buys less than the one");
        Report.Line($"before it, and nothing once every word has its token; held out is as good as what was learnt, because one author wrote both.");

        long start = Stopwatch.GetTimestamp();
        Last last = new();
        ByteLevelBpe tokenizer = new BpeTrainer { VocabularySize = size }.Train(learnt, last);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Report.Line($"{(file is null ? "TinyTales" : Path.GetFileName(file))}: {Encoding.UTF8.GetByteCount(learnt)} bytes to learn from, {Encoding.UTF8.GetByteCount(heldOut)} held out; {last.Value!.DifferentWords} different words, {LetterWord().Matches(learnt).Select(word => word.Value).Distinct().Count()} of them of letters.");
        Report.Line($"256 bytes and {tokenizer.VocabularySize - 256} merges. The last pair stood {last.Value.LastCount} times in the text.");
        Report.Line($"Learnt in {seconds:F2} s by {CpuThreads.Count} thread(s).");
        if (tokenizer.VocabularySize < size) Report.Line($"No pair stands twice any more: {tokenizer.VocabularySize} tokens, not {size}, are all that this text can give.");
        Report.Line($"The first merges: {string.Join(", ", tokenizer.Merges.Take(FirstMerges).Select(merge => Show(tokenizer, merge)))}");
        IReadOnlyList<BpePoint> points = Measure(tokenizer, learnt, heldOut);
        Table(points);
        string sentence = Sentence(heldOut);
        Report.Line($"A sentence that was held out, {sentence.Length} characters:");
        foreach (BpePoint point in points) Report.Line($"  {point.Tokenizer.VocabularySize,5}: {string.Join('|', point.Pieces(sentence))}");
        Report.Picture(folder, "bpe.svg", BpeChart.DrawBytes(points));
        Report.Picture(folder, "bpe-pieces.svg", BpeChart.DrawPieces(points, sentence));
        string saved = Path.Combine(folder, "tokenizer.json");
        TokenizerJson.Save(saved, tokenizer);
        Report.Line($"tokenizer, for Hugging Face's libraries too: {saved}");
        return ExitCode.Done;
    }

    private static void Table(IReadOnlyList<BpePoint> points)
    {
        Table table = Report.Table("tokens", "bytes a token, learnt from", "held out", "bits a byte", "longest token");
        foreach (BpePoint point in points)
        {
            string longest = Enumerable.Range(0, point.Tokenizer.VocabularySize).Select(id => point.Tokenizer.Decode([id])).MaxBy(token => token.Length)!;
            Report.Row(table, $"{point.Tokenizer.VocabularySize}", $"{point.Learnt:F3}", $"{point.HeldOut:F3}", $"{point.Bits:F3}", $"{BpePoint.Visible(longest[..Math.Min(longest.Length, 24)])}");
        }
        AnsiConsole.Write(table);
        Report.Line($"bits a byte: what a byte of the held-out text takes when only the frequency of each token is known.");
    }

    private static string Show(ByteLevelBpe tokenizer, (string Left, string Right) merge) =>
        BpePoint.Visible($"{tokenizer.Decode([tokenizer.Vocabulary[merge.Left]])}+{tokenizer.Decode([tokenizer.Vocabulary[merge.Right]])}");

    /// <summary>From the first line's end on, so that it begins where the text's author began.</summary>
    private static string Sentence(string text)
    {
        string rest = text[(text.IndexOf('\n') + 1)..].TrimStart('\n');
        int end = rest.AsSpan().IndexOfAny('.', '!', '?') + 1;
        if (end == 0 || end > LongestSentence) end = Math.Min(rest.Length, LongestSentence);
        return rest[..end];
    }

    /// <summary>A word as the splitter cuts it, with the space before it, when it is of letters and no number.</summary>
    [GeneratedRegex(@" ?\p{L}+")]
    private static partial Regex LetterWord();

    private sealed class Last : IProgress<BpeProgress>
    {
        public BpeProgress? Value { get; private set; }

        public void Report(BpeProgress value) => Value = value;
    }
}
