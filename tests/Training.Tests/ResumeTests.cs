using MiniStack.Training;

namespace MiniStack.Tests;

[Collection(nameof(ProcessWide))]
public sealed class ResumeTests
{
    [Fact]
    public void Resume_AtTwentyRandomSteps_ContinuesBitwise()
    {
        const int Steps = 40;
        using TinyRun whole = new();
        List<double> losses = [];
        for (int i = 0; i < Steps; i++) losses.Add(whole.Step().Loss);
        int[] cuts = Enumerable.Range(1, Steps - 1).ToArray();
        new Random(20).Shuffle(cuts);
        foreach (int cut in cuts.Take(20))
        {
            using TemporaryFolder folder = new();
            using TinyRun first = new(), second = new();
            List<double> partLosses = [];
            for (int i = 0; i < cut; i++) partLosses.Add(first.Step().Loss);
            first.Save(folder.Run);
            first.Step(); // what comes after the checkpoint must not matter
            second.Load(folder.Run);
            Assert.Equal(cut, second.Checkpoint.Step);
            for (int i = cut; i < Steps; i++) partLosses.Add(second.Step().Loss);
            Assert.Equal(losses, partLosses);
            Assert.Equal(whole.Bits(), second.Bits());
        }
    }

    [Fact]
    public void Resume_WithoutRandomStreams_WouldDiffer()
    {
        // Shows that the test above can fail: dropout and data order do depend on the streams.
        using TemporaryFolder folder = new();
        using TinyRun whole = new(), second = new(tracked: false);
        for (int i = 0; i < 3; i++) whole.Step();
        whole.Save(folder.Run);
        second.Load(folder.Run); // weights and optimizer, but not the streams
        Assert.NotEqual(whole.Step().Loss, second.Step().Loss);
    }

    [Fact]
    public void Training_FromStepTwo_RentsOnlyFromThePool()
    {
        using TinyRun run = new();
        run.Step();
        long fresh = CpuMemory.FreshBlocks;
        for (int i = 0; i < 10; i++) run.Step();
        Assert.Equal(fresh, CpuMemory.FreshBlocks);
    }

    [Fact]
    public void Evaluate_DuringTraining_ChangesNothing()
    {
        using TinyRun plain = new(), evaluated = new();
        for (int i = 0; i < 4; i++)
        {
            plain.Step();
            evaluated.Step();
            Assert.Equal(evaluated.Evaluate(), evaluated.Evaluate()); // no dropout: the same loss twice
        }
        Assert.Equal(plain.Bits(), evaluated.Bits());
    }

    [Fact]
    public void Step_WhenLossIsNotFinite_ThrowsAndKeepsParameters()
    {
        using TinyRun run = new();
        run.Step();
        run.Model.Parameters().First().Value.Fill(double.NaN);
        int[] before = run.Bits();
        TrainingException error = Assert.Throws<TrainingException>(run.Step);
        Assert.Contains("Training diverged at step 2: the loss is NaN", error.Message);
        Assert.Contains("Use a lower learning rate.", error.Message);
        Assert.Equal(before, run.Bits());
    }
}
