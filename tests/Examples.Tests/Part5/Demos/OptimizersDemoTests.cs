using MiniStack.Examples.Training;

namespace MiniStack.Tests.Part5.Demos;

/// <summary>Which differences between optimizers are larger than those between seeds, and what each remembers.</summary>
public sealed class OptimizersDemoTests
{
    [Fact]
    public void Measure_OfFortySteps_PutsSgdLastByMoreThanTheDeviations()
    {
        Dictionary<string, OptimizerResult> results = OptimizersDemo.Measure(steps: 40, seeds: 2).ToDictionary(result => result.Name);
        OptimizerResult sgd = results["SGD"];
        foreach (OptimizerResult better in (OptimizerResult[])[results["AdamW"], results["Muon"]])
            Assert.True(sgd.Mean - better.Mean > sgd.Deviation + better.Deviation, $"{sgd} {sgd.Mean}±{sgd.Deviation}, {better} {better.Mean}±{better.Deviation}");
        Assert.All(results.Values, result => Assert.All(result.Validation, loss => Assert.InRange(loss, SmallJob.Entropy, 3.6)));

        // Momentum is one number for each parameter; AdamW adds its square. Muon's small rest is AdamW's, of what is no matrix.
        Assert.Equal(1, sgd.StateNumbers, 0.02);
        Assert.Equal(2, results["AdamW"].StateNumbers, 0.02);
        Assert.Equal(1, results["Lion"].StateNumbers, 0.02);
        Assert.InRange(results["Muon"].StateNumbers, 0.98, 1.3);
    }

    [Fact]
    public void Deviation_OfThreeLosses_DividesByTwo()
    {
        OptimizerResult result = new("", 0, [1, 2, 3], [], 0);
        Assert.Equal((2, 1), (result.Mean, result.Deviation));
    }
}
