using System.Globalization;
using System.Text.RegularExpressions;

namespace MiniStack.Tests.Part5;

/// <summary>The main job on a GPU, which the emulator stands in for.</summary>
public sealed class TrainCudaTests(TrainFixture fixture) : IClassFixture<TrainFixture>
{
    [Fact]
    public void Train_OnCuda_ReachesTheLossesOfTheCpu()
    {
        // Strict: an operator that fell back to the CPU would fail the run.
        ExampleResult device = fixture.Small("on-cuda", [Emulator.Variable, "MINISTACK_CUDA_STRICT=1"], "--device", "cuda"), cpu = fixture.Small("on-cpu");
        Assert.Equal((0, ""), (device.ExitCode, device.Error));
        (double[] expected, double[] actual) = (Losses(cpu), Losses(device));
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-3);
    }

    private static double[] Losses(ExampleResult result)
    {
        Match line = Regex.Match(result.LastLine, @"^final: step=12 train=(\S+) val=(\S+) ");
        Assert.True(line.Success, result.LastLine);
        return [double.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture), double.Parse(line.Groups[2].Value, CultureInfo.InvariantCulture)];
    }
}
