using MiniStack.Examples.Models;

namespace MiniStack.Tests.Part4;

public sealed class AblateDemoTests
{
    /// <summary>Of four seeds, RoPE gained 0.22 to 0.31 after as many steps, all four changes 0.26 to 0.29, and RMSNorm −0.00 to 0.03.</summary>
    [Fact]
    public void Measure_OfFewSteps_ChangesWhatTheRowSays()
    {
        Dictionary<string, Ablated> rows = AblateDemo.Measure(LanguageJob.Of(null), steps: 150, seeds: 2).ToDictionary(row => row.Name);
        double loss = rows["baseline"].Mean, flops = rows["baseline"].Flops;
        Assert.InRange(loss - rows["+ RoPE"].Mean, 0.12, 0.4);
        Assert.InRange(loss - rows["Llama: the first four"].Mean, 0.12, 0.45);
        Assert.InRange(loss - rows["+ RMSNorm"].Mean, -0.06, 0.06);
        // Two experts of full size compute what two networks would; key heads that are shared compute less; the others change next to nothing.
        Assert.InRange(rows["+ MoE, 2 of 4"].Flops / flops, 1.55, 1.65);
        Assert.InRange(rows["+ GQA, 2 key heads"].Flops / flops, 0.9, 0.95);
        Assert.All((string[])["+ RoPE", "+ RMSNorm", "+ SwiGLU"], name => Assert.Equal(1, rows[name].Flops / flops, 0.01));
        long baseline = rows["baseline"].Parameters;
        const int channels = AblatedConfig.Channels, layers = AblatedConfig.Layers;
        Assert.Equal(-32 * channels, rows["+ RoPE"].Parameters - baseline);                                // no table of positions
        Assert.Equal(0, rows["+ RMSNorm"].Parameters - baseline);                                          // no biases either way
        Assert.Equal(0, rows["+ SwiGLU"].Parameters - baseline);                                           // 3 · 8/3 = 2 · 4
        Assert.Equal(-layers * channels * channels, rows["+ GQA, 2 key heads"].Parameters - baseline);     // half the keys and values
        Assert.Equal(layers * (3 * 8 * channels * channels + 4 * channels), rows["+ MoE, 2 of 4"].Parameters - baseline);
    }

    [Fact]
    public void Deviation_OfThreeLosses_DividesByTwo() => Assert.Equal(1, new Ablated("", 0, 0, [1, 2, 3]).Deviation);
}
