using MiniStack.Examples.Training;
using MiniStack.Training;

namespace MiniStack.Tests.Part5.Demos;

/// <summary>A sweep of seconds names a rate that training agrees with.</summary>
public sealed class FinderDemoTests
{
    [Fact]
    public void Measure_OfASweep_SuggestsARateThatBeatsAHundredthAndAHundredTimesOfIt()
    {
        (LearningRateSweep sweep, IReadOnlyList<(double Rate, double Loss)> trained) = FinderDemo.Measure(sweepSteps: 60, steps: 60);
        double suggestion = sweep.Suggestion!.Value;
        Assert.InRange(suggestion, 1e-3, 3e-2);
        Assert.Equal([0.01, 0.1, 1, 10, 100], trained.Select(run => Math.Round(run.Rate / suggestion, 6)));
        double[] losses = [.. trained.Select(run => double.IsNaN(run.Loss) ? double.PositiveInfinity : run.Loss)];
        Assert.InRange(losses[2], SmallJob.Entropy, losses[0] - 0.3);
        Assert.InRange(losses[2], SmallJob.Entropy, losses[4] - 0.3);
    }
}
