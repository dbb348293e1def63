using System.CommandLine;
using MiniStack.Models;
using Spectre.Console;

namespace MiniStack.Examples.Models;

/// <summary>The demo attention: which character looks where, in each head of a small GPT that was trained.</summary>
internal sealed class AttentionDemo
{
    private const int Shortest = 3;
    private readonly DemoOptions _common = new();
    private readonly Option<string?> _text = new("--text") { Description = "What is read, 3 to 32 characters of TinyTales' alphabet (default: the first held-out ones)", HelpName = "TEXT" };

    public Command Command()
    {
        Command command = _common.AddTo(new Command("attention", "Trains a small GPT and draws which character looks where, in each of its heads."), Run);
        command.Options.Add(_text);
        return command;
    }

    /// <summary>A small GPT and its text.</summary>
    public static Gpt Train(LanguageJob job, int steps)
    {
        Gpt model = new(new GptConfig(job.Text.VocabularySize, job.Context, Layers: 2, Heads: 4, Channels: 64), new Rng(1).Split(1));
        job.Train(model, 1e-2, steps, seed: 1);
        model.Eval();
        return model;
    }

    private int Run(ParseResult options)
    {
        bool quick = _common.Quick(options);
        int steps = quick ? 200 : 1500;
        LanguageJob job = LanguageJob.Of(null);
        int[] tokens = options.GetValue(_text) is { } text ? job.Text.Tokenizer.Encode(text) : job.Tokens().Held[..job.Context];
        if (tokens.Length < Shortest || tokens.Length > job.Context)
            throw new ConfigException($"--text must have {Shortest} to {job.Context} characters, so that there is something two back and the model reads it at once, not {tokens.Length}.");
        string folder = _common.Folder(options, "attention");
        string read = job.Text.Tokenizer.Decode(tokens);
        Report.Line($"A GPT of 2 layers and 4 heads learns TinyTales for {steps} steps, then reads \"{read.ReplaceLineEndings("¶")}\".");
        Report.Line($"Predicted: in the first layer some head looks at the character before, because a pair says most; no head looks at all alike.");
        Gpt model = Train(job, steps);
        (IReadOnlyList<HeadView> heads, double distance) = AttentionView.Of(model, tokens);
        Table table = Report.Table("layer.head", "on itself", "1 back", "2 back", "mean distance", "shared among");
        foreach (HeadView head in heads)
            Report.Row(table, $"{head.Layer}.{head.Head}", $"{head.Back(0):F2}", $"{head.Back(1):F2}", $"{head.Back(2):F2}", $"{head.MeanDistance:F1}", $"{head.Spread:F1}");
        AnsiConsole.Write(table);
        Report.Line($"A head that looks at all alike has a mean distance of {HeadView.UniformDistance(tokens.Length):F1} and shares among {(tokens.Length + 1) / 2.0:F1}. Held-out loss: {job.Validate(model).Average():F3}.");
        Report.Line($"Computed beside the kernel, these weights give its result within {distance:E1}.");
        Report.Picture(folder, "attention.svg", Draw(heads, read));
        return ExitCode.Done;
    }

    /// <summary>A square for each head: who looks is a row, what is looked at a column, the darker the more.</summary>
    private static string Draw(IReadOnlyList<HeadView> heads, string read)
    {
        const int cell = 9, left = 30, top = 60, gap = 34;
        int side = cell * read.Length, columns = heads.Count(head => head.Layer == 0);
        Svg svg = new(left + columns * (side + gap), top + (heads.Count / columns) * (side + gap + 14));
        svg.Text(left, 24, "Rows look, columns are looked at; each row's shares sum to 1", size: 15);
        foreach (HeadView head in heads)
        {
            int x0 = left + head.Head * (side + gap), y0 = top + head.Layer * (side + gap + 14);
            svg.Text(x0 + side / 2.0, y0 - 14, $"layer {head.Layer}, head {head.Head}", "middle");
            svg.Rectangle(x0, y0, side, side, "white", "#ccc");
            for (int i = 0; i < read.Length; i++)
            {
                string letter = read[i] is '\n' ? "¶" : read[i] is ' ' ? "·" : read[i].ToString();
                svg.Text(x0 - 3, y0 + cell * i + 8, letter, "end", "#555", 9);
                svg.Text(x0 + cell * i + cell / 2.0, y0 - 3, letter, "middle", "#555", 9);
                for (int j = 0; j <= i; j++)
                {
                    int light = (int)Math.Round(255 * (1 - Math.Sqrt(head.Weights[i, j]))); // the root shows small shares too
                    if (light < 250) svg.Rectangle(x0 + cell * j, y0 + cell * i, cell, cell, $"#{light:x2}{light:x2}ff");
                }
            }
        }
        return svg.ToString();
    }
}
