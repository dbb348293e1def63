using System.Xml.Linq;
using MiniStack.Data;
using MiniStack.Examples.FineTuning;

namespace MiniStack.Tests.Part6;

public sealed class FinetuneDemoTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ministack-finetune-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Measure_OnASecondText_PutsLoraNearFullAndFarBeforeScratch()
    {
        BaseModel start = BaseModel.Train(steps: 300);
        TextDataset second = new(TinyDiaries.Generate(100_000, new Rng(1)), start.Tokenizer);
        IReadOnlyList<Tuned> all = FinetuneDemo.Measure(start, second, steps: 60, seeds: 1, search: false);
        (Tuned full, Tuned block, Tuned lora, Tuned inFull, Tuned large, Tuned scratch) = (all[0], all[1], all[2], all[3], all[4], all[5]);
        double before = start.Validate(start.Copy(), second), first = start.Validate(start.Copy(), start.Text);
        Assert.All(all.Where(one => !one.Method.FromScratch), one => Assert.True(one.Loss < before - 0.3, $"{one.Method.Name} has not learned: {one.Loss} after {before}."));
        Assert.InRange(lora.Loss / full.Loss, 0.95, 1.12);
        Assert.True(inFull.Loss < lora.Loss, $"Norms and the table in full bring nothing: {inFull.Loss} after {lora.Loss}.");
        Assert.InRange(FinetuneDemo.MergeDistance(inFull.Model, start, second), 0, 1e-5);
        Assert.Equal(4 * lora.Learning, large.Learning);
        Assert.InRange(large.Loss / full.Loss, 0.95, lora.Loss / full.Loss + 0.02); // more room is never much worse
        Assert.True(scratch.Loss > lora.Loss * 1.2, $"From scratch {scratch.Loss}, LoRA {lora.Loss}: nothing was transferred.");
        Assert.InRange((double)lora.StateBytes / full.StateBytes, 0.1, 0.35);
        Assert.InRange((double)block.StateBytes / full.StateBytes, 0.4, 0.5);
        // What is left alone is not forgotten: the less learns, the more stays.
        Assert.True(full.First > lora.First && lora.First > first, $"First text: {first} before, full {full.First}, LoRA {lora.First}.");
        Assert.InRange(FinetuneDemo.MergeDistance(lora.Model, start, second), 0, 1e-5);
        lora.Model.ConvertTo(DType.F64);
        Assert.InRange(FinetuneDemo.MergeDistance(lora.Model, start, second), 1e-17, 1e-12);
    }

    [Fact]
    public void Finetune_Quick_LeavesItsTablePicturesAndAdapter()
    {
        ExampleResult result = ExampleProcess.Run("Part6.FineTuning.dll", "finetune", "--quick", "--steps", "20", "--out", _folder);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("| LoRA, rank 8 ", result.Output);
        Assert.Contains("on the first text, to the bit.", result.Output);
        Assert.Contains("loaded into another copy of the model it gives the same loss.", result.Output);
        foreach (string picture in (string[])["finetune.svg", "forgetting.svg"])
            Assert.Equal("svg", XDocument.Load(Path.Combine(_folder, picture)).Root!.Name.LocalName);
        Assert.True(File.Exists(Path.Combine(_folder, "adapter", "adapter_config.json")));
    }

    [Fact]
    public void Finetune_OfARunOfTheMainJob_LearnsAFile()
    {
        string run = Path.Combine(_folder, "run"), file = Path.Combine(_folder, "text.txt");
        ExampleResult trained = ExampleProcess.Run(
            "Part5.Training.dll", "train", "--steps", "12", "--eval-every", "6", "--layers", "1", "--heads", "1", "--channels", "16", "--context", "8", "--batch", "2", "--sample", "0", "--out", run);
        Assert.Equal(0, trained.ExitCode);
        File.WriteAllText(file, TinyDiaries.Generate(5_000, new Rng(1)));
        ExampleResult result = ExampleProcess.Run("Part6.FineTuning.dll", "finetune", "--quick", "--steps", "10", "--run", run, "--data", file, "--out", _folder);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains($"The model is {run}: ", result.Output);
        Assert.Contains($"It learns {file} in 10 steps.", result.Output);
    }

    [Theory]
    [InlineData("There is no option --quik. Did you mean --quick? Run with --help to see all options.", "finetune", "--quik")]
    [InlineData("--steps must be a whole number from 10 to 100000, not '1'.", "finetune", "--steps", "1")]
    [InlineData("Name a demo: finetune, grade. Run with --help to see what they do.")]
    [InlineData("/nowhere/text.txt: there is no such file. Check the path.", "finetune", "--data", "/nowhere/text.txt")]
    public void CommandLine_WithAMistake_IsOneLineAndExit2(string sentence, params string[] arguments)
    {
        string[] all = arguments.Length > 0 && arguments.Contains("--data") ? [.. arguments, "--out", _folder] : arguments;
        ExampleResult result = ExampleProcess.Run("Part6.FineTuning.dll", all);
        Assert.Equal((2, $"error: {sentence}", ""), (result.ExitCode, result.Error.TrimEnd(), result.Output));
    }

    [Fact]
    public void Run_ThatIsNone_OrDamaged_IsSaid()
    {
        ExampleResult result = ExampleProcess.Run("Part6.FineTuning.dll", "finetune", "--run", _folder, "--out", _folder);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Single(result.Error.TrimEnd().Split('\n'));
        Assert.StartsWith($"error: {Path.Combine(_folder, "config.json")}: cannot be read", result.Error);
    }
}
