using System.Globalization;
using MiniStack.Data;
using MiniStack.Formats.Tests;
using MiniStack.Models;
using MiniStack.Optim;

namespace MiniStack.Tests.Loading;

/// <summary>The loader keeps a training step busy from a memory-mapped shard.</summary>
public sealed class StallTests(ITestOutputHelper output) : TestFolder
{
    [Fact]
    [Trait("Category", "Soak")]
    public void Start_TrainingFromAShard_StallsLessThanTwoPercent()
    {
        const int Vocabulary = 65, Context = 64, Steps = 40;
        string path = PathOf("shard.tokens");
        Rng rng = new(1);
        using (TokenShardWriter writer = new(path, Vocabulary))
        {
            for (int i = 0; i < 64; i++) writer.Append([.. Enumerable.Range(0, 1 << 14).Select(_ => rng.Next(Vocabulary))]);
            writer.Complete();
        }
        using TokenShard shard = TokenShard.Open(path);
        DataLoader<TokenWindow, TensorBatch> loader = new(shard.Windows(Context, stride: 1), Collate.Tokens, new LoaderOptions(12) { Workers = 1, Seed = 1 });
        Gpt model = new(GptConfig.Nano(Vocabulary), new Rng(2));
        AdamW optimizer = new(model.Parameters(), 1e-3f);
        Train(3); // compiles the loader and the step
        // A busy machine may take the processor away at the wrong moment, so the best of a few runs counts.
        LoaderStatistics best = Enumerable.Range(0, 3).Select(_ => Train(Steps)).MinBy(statistics => statistics.Stall);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Steps} steps of {best.Elapsed.TotalMilliseconds / Steps:F1} ms, of which they waited {best.Stall:P2} for data."));
        Assert.InRange(best.Stall, 0, 0.02);

        LoaderStatistics Train(int steps)
        {
            using LoaderRun<TensorBatch> run = loader.Start();
            foreach (TensorBatch batch in run.Take(steps))
            {
                using Tape tape = Tape.Begin();
                tape.Backward(model.Forward(batch.Inputs).CrossEntropy(batch.Targets));
                optimizer.Step();
            }
            return run.Statistics;
        }
    }
}
