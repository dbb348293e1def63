using MiniStack.Examples.Models;
using MiniStack.Models;

namespace MiniStack.Tests.Part4;

/// <summary>Formulas against the model made and a step run.</summary>
public sealed class CalculatorDemoTests
{
    [Theory]
    [InlineData(65, 64, 2, 4, 64, 12)]
    [InlineData(100, 16, 3, 2, 32, 5)]
    [InlineData(57, 32, 1, 8, 128, 2)]
    public void Formulas_OfSizes_AreWhatAStepCosts(int vocabulary, int context, int layers, int heads, int channels, int batch)
    {
        GptCost formula = new(new GptConfig(vocabulary, context, layers, heads, channels), batch);
        StepCost measured = StepCost.Measure(formula);
        Assert.Equal(measured.Parameters, formula.Parameters);
        Assert.Equal(measured.WeightBytes, formula.WeightBytes);
        Assert.Equal(measured.GradientBytes, formula.WeightBytes);
        Assert.Equal(1, measured.StateBytes / formula.StateBytes, 1e-3);
        Assert.Equal(1, measured.ActivationBytes / formula.ActivationBytes, 0.03);
        // Products are nearly all of it: norms, sums and exponentials are the rest.
        Assert.InRange(measured.ForwardFlops / formula.ForwardFlops, 1, 1.06);
        Assert.InRange(measured.StepFlops / formula.StepFlops, 1, 1.08);
    }

    [Fact]
    public void Parameters_OfGpt2_AreThePublished()
    {
        Assert.Equal(124_439_808, Parameters("GPT-2"));
        Assert.Equal(1_557_611_200, Parameters("GPT-2 XL"));

        static double Parameters(string name) => new GptCost(Known.All.Single(known => known.Name == name).Sizes, 1).Parameters;
    }
}
