using MiniStack.Examples.Data;

namespace MiniStack.Tests.Part3;

/// <summary>Bytes are exact; both ways compute the same.</summary>
public sealed class FusionDemoTests
{
    private const int Rows = 64, Columns = 128;

    private static readonly FusionInputs Inputs = FusionInputs.Create(Rows, Columns);

    public static TheoryData<string> Cases => [.. FusionCase.All.Select(one => one.Name)];

    private static FusionCase Named(string name) => FusionCase.All.Single(one => one.Name == name);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_OfAFormula_MovesAsManyTensorsAsPredicted(string name)
    {
        FusionCase one = Named(name);
        double size = 4.0 * Rows * Columns;
        // The rest is a number for each row or column.
        Assert.Equal(one.ComposedTensors, new FusionRun(one.Composed, Inputs).Count().ForwardBytes / size, 0.2);
        Assert.Equal(one.FusedTensors, new FusionRun(one.Fused, Inputs).Count().ForwardBytes / size, 0.2);
    }

    [Theory]
    [InlineData("gelu", 360_472, 819_216, 65_536, 98_304)]
    [InlineData("layernorm", 430_104, 889_368, 67_072, 100_352)]
    [InlineData("crossentropy", 265_500, 296_732, 34_580, 66_324)]
    public void Bytes_OfAFormula_AreExactly(string name, long composedForward, long composedBackward, long fusedForward, long fusedBackward)
    {
        FusionCase one = Named(name);
        (_, long forward, _, long backward) = new FusionRun(one.Composed, Inputs).Count();
        (_, long forwardFused, _, long backwardFused) = new FusionRun(one.Fused, Inputs).Count();
        Assert.Equal((composedForward, composedBackward, fusedForward, fusedBackward), (forward, backward, forwardFused, backwardFused));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Measure_OfAFormula_FindsTheSameNumbersBothWays(string name)
    {
        FusionResult result = FusionDemo.Measure(Named(name), Inputs, turns: 1);
        Assert.InRange(result.Difference, 0, 3e-6);
        Assert.True(result.Composed.Forward.Milliseconds > 0 && result.Fused.Backward.Milliseconds > 0);
    }
}
