using MiniStack.Optim;
using MiniStack.Training;

namespace MiniStack.Tests;

/// <summary>A trainer with an optimizer that scales the loss.</summary>
public class MixedPrecisionTests
{
    [Fact]
    public void Step_WithAScaledLoss_ReportsAndLearnsAsWithout()
    {
        using TinyRun plain = new(), scaled = new(optimizer: p => new MixedPrecision(p, masters => new AdamW(masters, 1e-2)));
        for (int step = 0; step < 5; step++)
        {
            StepReport one = plain.Step(), two = scaled.Step();
            // A power of two scales without rounding; the clipping's 1e-6 is added to a norm that was unscaled before.
            Assert.Equal(one.Loss, two.Loss, 1e-6);
            Assert.Equal(one.GradNorm, two.GradNorm, 1e-6);
        }
    }

    [Fact]
    public void Step_WhoseScaledGradientOverflows_IsSkippedAndTheNextIsTaken()
    {
        MixedPrecision? mixed = null;
        using TinyRun run = new(optimizer: p => mixed = new MixedPrecision(p, masters => new AdamW(masters, 1e-2), new LossScaler(scale: 1e39, backoff: 1e-6)));
        float[] before = run.Model.StateDict().Values.First().ToArray<float>();
        StepReport skipped = run.Step();
        Assert.True(double.IsFinite(skipped.Loss));
        Assert.False(double.IsFinite(skipped.GradNorm));
        Assert.Equal(0, mixed!.Steps);
        Assert.Equal(before, run.Model.StateDict().Values.First().ToArray<float>());
        Assert.True(double.IsFinite(run.Step().GradNorm));
        Assert.Equal(1, mixed.Steps);
        Assert.NotEqual(before, run.Model.StateDict().Values.First().ToArray<float>());
    }

    [Fact]
    public void Step_WhoseGradientOverflowsWithoutAScaler_Throws()
    {
        using TinyRun run = new(optimizer: p => new AdamW(p, double.MaxValue));
        Assert.StartsWith("Training diverged at step ", Assert.Throws<TrainingException>(() =>
        {
            run.Optimizer.Parameters[0].Value.Fill(float.MaxValue);
            run.Step();
        }).Message, StringComparison.Ordinal);
    }
}
