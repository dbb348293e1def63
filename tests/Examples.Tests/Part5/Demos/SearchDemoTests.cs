using MiniStack.Examples.Training;

namespace MiniStack.Tests.Part5.Demos;

/// <summary>Three methods with one budget.</summary>
public sealed class SearchDemoTests
{
    [Fact]
    public void Measure_WithAnEqualBudget_PutsHalvingNotBehindRandomSearch()
    {
        IReadOnlyList<SearchOutcome> outcomes = SearchDemo.Measure(unit: 5, seeds: 2);
        Assert.Equal(["random", "successive halving", "Bayesian"], outcomes.Select(outcome => outcome.Name));
        // 16 of one unit, 8, 4 and 2 that double it, and 1 to the end: as many steps as six whole trainings.
        Assert.All(outcomes, outcome => Assert.Equal(48 * 5, outcome.Cost));
        Assert.True(outcomes[1].Mean <= outcomes[0].Mean, $"halving {outcomes[1].Mean}, random {outcomes[0].Mean}");
        Assert.All(outcomes, outcome => Assert.InRange(outcome.Worst, outcome.Mean, double.MaxValue));
    }
}
