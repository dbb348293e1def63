using System.CommandLine;
using MiniStack.Data;
using MiniStack.Formats;
using MiniStack.Models;
using MiniStack.Nn;
using Spectre.Console;

namespace MiniStack.Examples.FineTuning;

/// <summary>The demo finetune: one trained model learns a second text in several ways, beside one that starts from nothing.</summary>
internal sealed class FinetuneDemo
{
    private const string Prompt = "\n\n";
    private readonly DemoOptions _common = new();
    private readonly Option<string?> _run = CommandLine.Path("--run", "DIR", "Folder of a run of the main job (default: a small model is trained first)");
    private readonly Option<string?> _data = CommandLine.Path("--data", "FILE", "Text file to learn (default: TinyDiaries, a second grammar)");
    private readonly Option<long?> _steps = CommandLine.Whole("--steps", 10, 100_000, "Steps of each training (default: 200)");

    public Command Command()
    {
        Command command = _common.AddTo(new Command("finetune", "Full, last block, LoRA and from scratch side by side: what is learned, what is forgotten, what it costs."), Run);
        command.Options.Add(_run);
        command.Options.Add(_data);
        command.Options.Add(_steps);
        return command;
    }

    /// <summary>Every method with every seed.</summary>
    public static IReadOnlyList<Tuned> Measure(BaseModel start, TextDataset second, int steps, int seeds, bool search) =>
        [.. Method.All.Select(method => Tuned.Run(start, second, method, steps, seeds, search))];

    /// <summary>How far the scores of a model with an adapter are from those with the adapter merged: the largest distance over held-out text, of scores
    /// beyond ±1 as a share.</summary>
    public static double MergeDistance(Gpt model, BaseModel start, TextDataset text)
    {
        LoraAdapter adapter = model.AdaptersOf()[0];
        double distance = 0;
        foreach (Batch batch in text.Validation(start.Batch, start.Config.Context).Take(5))
        {
            double[] beside = Scores(batch);
            adapter.Merge();
            double[] merged = Scores(batch);
            adapter.Unmerge();
            distance = Math.Max(distance, beside.Zip(merged).Max(pair => Math.Abs(pair.First - pair.Second) / Math.Max(1, Math.Abs(pair.First))));
        }
        return distance;

        double[] Scores(Batch batch) => model.Predict(batch.Inputs).To(DType.F64).ToArray<double>();
    }

    private int Run(ParseResult options)
    {
        bool quick = _common.Quick(options);
        string? data = options.GetValue(_data);
        string text = data is null ? TinyDiaries.Generate(300_000, new Rng(1)) : TextFile.Read(data);
        string? run = options.GetValue(_run);
        int firstSteps = quick ? 300 : 1500;
        BaseModel start = run is null ? BaseModel.Small(firstSteps) : BaseModel.Open(run);
        TextDataset second = new(text, start.Tokenizer);
        second.CheckContext(start.Config.Context);
        string folder = _common.Folder(options, "finetune"); // nothing is made, and nothing trained, before all of this is right
        if (run is null) start = start.Trained(firstSteps);
        (int steps, int seeds) = ((int)(options.GetValue(_steps) ?? (quick ? 60 : 200)), 3);
        double? floor = data is null ? TinyDiaries.EntropyPerCharacter : null;

        Gpt before = start.Copy();
        (double beforeFirst, double beforeSecond) = (start.Validate(before, start.Text), start.Validate(before, second));
        Report.Line($"The model is {start.Name}: {before.ParameterCount:N0} parameters. It learns {(data is null ? "TinyDiaries" : data)} in {steps} steps.");
        Report.Line($"Predicted: LoRA of rank 8 comes within a percent of full tuning with a sixth of what learns; the last block alone is behind; from scratch is far behind.");
        IReadOnlyList<Tuned> all = Measure(start, second, steps, seeds, search: !quick);
        Table table = Report.Table("what learns", "rate", "loss", "± deviation", "against full", "first text", "forgotten", "learning", "optimizer KiB", "ms a step");
        Report.Row(table, $"nothing", $"", $"{beforeSecond:F3}", $"", $"{100 * (beforeSecond / all[0].Loss - 1):+0.0;-0.0} %", $"{beforeFirst:F3}", $"{0:F3}", $"0", $"0", $"");
        double[] milliseconds = Tuned.StepTimes(start, second, quick ? 10 : 50);
        foreach ((int i, Tuned one) in all.Index())
        {
            string forgotten = one.Method.FromScratch ? "" : FormattableString.Invariant($"{one.First - beforeFirst:F3}");
            Report.Row(
                table, $"{one.Method.Name}", $"{one.Rate:G2}", $"{one.Loss:F3}", $"{one.Deviation:F3}", $"{100 * (one.Loss / all[0].Loss - 1):+0.0;-0.0;0.0} %",
                $"{one.First:F3}", $"{forgotten}", $"{one.Learning:N0}", $"{one.StateBytes / 1024.0:F0}", $"{milliseconds[i]:F1}");
        }
        AnsiConsole.Write(table);
        Report.Line($"Losses of held-out text in nats per character, {seeds} seeds{(floor is { } f ? FormattableString.Invariant($"; nobody can go below {f:F3} on TinyDiaries") : "")}. {(quick ? "One rate for each way." : FormattableString.Invariant($"Each way has its own best rate of {Method.Rates.Length}."))}");
        Adapter(all.First(one => one.Model.AdaptersOf().Count > 0), start, second, beforeFirst, folder);
        Samples(start, before, all);
        Pictures(all, floor, folder);
        return ExitCode.Done;
    }

    /// <summary>What only an adapter can: to be taken away, merged, and kept alone.</summary>
    private static void Adapter(Tuned lora, BaseModel start, TextDataset second, double beforeFirst, string folder)
    {
        Gpt model = lora.Model;
        LoraAdapter adapter = model.AdaptersOf()[0];
        double distance = MergeDistance(model, start, second);
        model.ConvertTo(DType.F64);
        double exact = MergeDistance(model, start, second);
        model.ConvertTo(DType.F32);
        Report.Line($"Merged and beside, scores differ by {distance:E1} of a score at most; computed in F64 by {exact:E1}: {(exact < 1e-9 ? "it is all rounding" : "that is no rounding")}.");
        model.UseAdapter(null);
        double without = start.Validate(model, start.Text);
        model.UseAdapter(adapter.Name);
        Report.Line($"Without its adapter the model is what it was: {without:F3} on the first text, {(without == beforeFirst ? "to the bit" : "which it was not")}.");
        string kept = Path.Combine(folder, "adapter");
        Peft.Save(kept, adapter, start.Name);
        Gpt other = start.Copy();
        Peft.Load(kept, other, new Rng(1));
        long bytes = new FileInfo(Path.Combine(kept, "adapter_model.safetensors")).Length;
        double expected = start.Validate(model, second, 5), loaded = start.Validate(other, second, 5);
        Report.Line($"adapter: {kept}, {bytes / 1024.0:F0} KiB of weights; loaded into another copy of the model it gives {(loaded == expected ? "the same loss" : "another loss")}.");
    }

    private static void Samples(BaseModel start, Gpt before, IReadOnlyList<Tuned> all)
    {
        foreach ((string name, Gpt model) in all.Select(one => (one.Method.Name, one.Model)).Prepend(("nothing", before)))
        {
            int[] prompt = [.. Prompt.Where(start.Tokenizer.Alphabet.Contains).SelectMany(c => start.Tokenizer.Encode(c.ToString()))];
            if (prompt.Length == 0) prompt = [0];
            string sample = start.Tokenizer.Decode([.. model.Generate(prompt, 120, new Rng(4), temperature: 0.8)]);
            Report.Line($"sample, {name}: {sample.ReplaceLineEndings(" ").Trim()}");
        }
    }

    private static void Pictures(IReadOnlyList<Tuned> all, double? floor, string folder)
    {
        LineChart learned = new() { Title = "Learning the second text", X = "step", Y = "nats per character" };
        LineChart forgotten = new() { Title = "What learning costs: from right to left", X = "loss on the second text", Y = "loss on the first" };
        foreach (Tuned one in all)
        {
            learned.Add(one.Method.Name, one.Path.Select(point => ((double)point.Step, point.Second)));
            if (!one.Method.FromScratch) forgotten.Add(one.Method.Name, one.Path.Select(point => (point.Second, point.First)));
        }
        if (floor is { } entropy) learned.Floor("exact entropy", entropy);
        Report.Picture(folder, "finetune.svg", learned.Draw());
        Report.Picture(folder, "forgetting.svg", forgotten.Draw());
    }
}
