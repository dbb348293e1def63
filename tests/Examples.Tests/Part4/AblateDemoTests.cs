using MiniStack.Examples.Models;

namespace MiniStack.Tests.Part4;

public sealed class AblateDemoTests
{
    [Fact]
    public void Measure_OfFewSteps_ChangesWhatTheRowSays()
    {
        Dictionary<string, Ablated> rows = AblateDemo.Measure(LanguageJob.Of(null), steps: 30, seeds: 2).ToDictionary(row => row.Name);
        long baseline = rows["baseline"].Parameters;
        const int channels = AblatedConfig.Channels, layers = AblatedConfig.Layers;
        Assert.Equal(-32 * channels, rows["+ RoPE"].Parameters - baseline);                                // no table of positions
        Assert.Equal(0, rows["+ RMSNorm"].Parameters - baseline);                                          // no biases either way
        Assert.Equal(0, rows["+ SwiGLU"].Parameters - baseline);                                           // 3 · 8/3 = 2 · 4
        Assert.Equal(-layers * channels * channels, rows["+ GQA, 2 key heads"].Parameters - baseline);     // half the keys and values
        Assert.Equal(layers * (3 * 8 * channels * channels + 4 * channels), rows["+ MoE, 2 of 4"].Parameters - baseline);
        Assert.All(rows.Values, row => Assert.InRange(row.Mean, 1.5, 3.2));
    }

    [Fact]
    public void Deviation_OfThreeLosses_DividesByTwo() => Assert.Equal(1, new Ablated("", 0, [1, 2, 3], 0).Deviation);
}
