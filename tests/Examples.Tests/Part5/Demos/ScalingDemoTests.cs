using MiniStack.Examples.Training;

namespace MiniStack.Tests.Part5.Demos;

/// <summary>The fit finds a law that is there, and says so when there is too little to find one from.</summary>
public sealed class ScalingDemoTests
{
    [Fact]
    public void Fit_OfALawsOwnPoints_FindsTheLaw()
    {
        ScalingLaw law = new(E: 0.9, A: 12, Alpha: 0.35, B: 40, Beta: 0.4), found = ScalingLaw.Fit([.. Points(law)]);
        Assert.Equal(law.Alpha, found.Alpha, 1e-9);
        Assert.Equal(law.Beta, found.Beta, 1e-9);
        Assert.Equal(law.E, found.E, 1e-6);
        Assert.Equal(law.A, found.A, 1e-4);
        Assert.Equal(law.B, found.B, 1e-4);
    }

    [Fact]
    public void Fit_OfFourPoints_IsRefused()
    {
        ConfigException mistake = Assert.Throws<ConfigException>(() => ScalingLaw.Fit([.. Points(new(1, 1, 0.5, 1, 0.5)).Take(4)]));
        Assert.Equal("A law with five numbers needs at least five points, not 4.", mistake.Message);
    }

    [Fact]
    public void Measure_OfSmallModels_LiesNearItsLaw()
    {
        IReadOnlyList<ScalingPoint> points = ScalingDemo.Measure([8, 16, 32], steps: 160);
        Assert.Equal(12, points.Count);
        // Batches of 8 sequences of 32 characters, after 1/8, 1/4, 1/2 and all of the steps.
        Assert.Equal([20L * 256, 40L * 256, 80L * 256, 160L * 256], points.Take(4).Select(point => point.Characters));
        foreach (ScalingPoint[] model in points.Chunk(4))
            Assert.True(model[^1].Loss < model[0].Loss - 0.1, $"{model[0]} {model[^1]}");
        ScalingLaw law = ScalingLaw.Fit(points);
        double residual = Math.Sqrt(points.Average(p => Math.Pow(p.Loss - law.At(p.Parameters, p.Characters), 2)));
        Assert.InRange(residual, 0, 0.2);
    }

    private static IEnumerable<ScalingPoint> Points(ScalingLaw law) =>
        from parameters in (long[])[1_000, 10_000, 100_000]
        from characters in (long[])[5_000, 50_000, 500_000]
        select new ScalingPoint(parameters, characters, law.At(parameters, characters));
}
