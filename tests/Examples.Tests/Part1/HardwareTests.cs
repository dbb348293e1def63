using System.Globalization;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Xml.Linq;
using MiniStack.Examples.Hardware;
using MiniStack.Machine;

namespace MiniStack.Tests.Part1;

/// <summary>The demos run, say what they measured, and what they measured makes sense. Other tests may be using the machine: bounds are wide.</summary>
public sealed class HardwareTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ministack-hardware-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(97)]
    [InlineData(128)]
    public void Rungs_OfAnySize_EqualTheReference(int n)
    {
        Tensor a = Tensor.Uniform([n, n], new Rng(3), -1, 1), b = Tensor.Uniform([n, n], new Rng(4), -1, 1);
        float[] expected = a.To(Device.Reference).MatMul(b.To(Device.Reference)).ToArray<float>();
        foreach (Rung rung in Rung.All)
        {
            float[] c = rung.Multiply(a, b).ToArray<float>();
            for (int i = 0; i < c.Length; i++)
                Assert.True(Math.Abs(c[i] - expected[i]) <= 1e-6 * n, $"{rung.Name}, {n} by {n}: element {i} is {c[i]}, not {expected[i]}.");
        }
    }

    [Fact]
    public void GemmLadder_Packed_IsAtLeastTwiceNaive()
    {
        ExampleResult result = Run("gemm-ladder", "--quick", "--size", "256");
        string[] rungs = [.. Rung.All.Select(rung => rung.Name)];
        Dictionary<string, double> rates = Rows(result.Output).Where(row => rungs.Contains(row[0])).ToDictionary(row => row[0], row => Number(row[3]));
        Assert.Equal(rungs, rates.Keys);
        Assert.Contains("Predicted, before anything is multiplied:", result.Output);
        Pictures(result, "gemm-ladder.svg", "register-tile.svg");
        if (!Fma.IsSupported && !AdvSimd.IsSupported)
        {
            Assert.Contains("This processor has no fused multiply-add", result.Output);
            Assert.Skip("Without a fused multiply-add the runtime computes it step by step, and every rung that uses it is slow.");
        }
        Assert.True(rates["packed"] >= 2 * rates["naive"], result.Output);
        Assert.True(rates["registers"] >= 2 * rates["naive"], result.Output);
    }

    [Fact]
    public void GemmLadder_OneRung_MeasuresOnlyThat()
    {
        ExampleResult result = Run("gemm-ladder", "--rung", "simd", "--size", "64");
        Assert.Equal(["rung", ":--------", "simd"], Rows(result.Output).Select(row => row[0].StartsWith(':') ? ":--------" : row[0]));
    }

    [Fact]
    public void Roofline_Quick_PlacesEveryOperatorBelowThePeak()
    {
        ExampleResult result = Run("roofline", "--quick", "--threads", "1");
        string[][] rows = [.. Rows(result.Output)];
        foreach (RoofOperator one in RoofOperator.All(quick: true)) Assert.Contains(rows, row => row[0] == one.Name && row[1] == one.Size);
        string[] product = rows.Single(row => row[0] == "MatMul" && row[1] == "256³");
        Assert.Equal(42.67, Number(product[5])); // 2·256³ / (3·256²·4)
        Assert.Equal("multipliers", product[10]);
        double peak = Number(product[7]);
        Assert.InRange(Number(product[8]), peak * 0.05, peak * 1.2);
        Assert.True(Number(rows.Single(row => row[0] == "L1")[2]) > 2 * Number(rows.Single(row => row[0] == "memory")[2]), result.Output);
        Pictures(result, "roofline.svg", "memory-pyramid.svg");
    }

    [Fact]
    public void Bits_OfAValue_ShowsEveryFormat()
    {
        ExampleResult result = Run("bits", "--value", "-3", "--range", "4");
        string[][] rows = [.. Rows(result.Output)];
        Assert.Equal("1 1000 100", rows.First(row => row[0] == "fp8 e4m3")[1]);
        Assert.Equal("10100001 (-95)", rows.First(row => row[0] == "int8")[1]);
        Assert.Equal(-3, Number(rows.First(row => row[0] == "fp16")[2]));
        Pictures(result, "bits.svg");
    }

    [Theory]
    [InlineData("Name a demo: gemm-ladder, roofline, bits, doctor, grade. Run with --help to see what they do.")]
    [InlineData("There is no demo rofline. Did you mean roofline? Run with --help to see them.", "rofline")]
    [InlineData("--rung must be one of naive, order, blocked, simd, registers, packed, threaded, all, not 'fast'.", "gemm-ladder", "--rung", "fast")]
    [InlineData("--size must be a whole number from 1 to 8192, not '0'.", "gemm-ladder", "--size", "0")]
    [InlineData("--value must be a number that is finite, not 'x'.", "bits", "--value", "x")]
    [InlineData("--value needs a value. Give one after it, or leave the option out.", "bits", "--value")]
    [InlineData("There is no option --quik. Did you mean --quick? Run with --help to see all options.", "roofline", "--quik")]
    public void CommandLine_WithAMistake_IsOneLineAndExit2(string sentence, params string[] arguments)
    {
        ExampleResult result = ExampleProcess.Run("Part1.Hardware.dll", arguments);
        Assert.Equal((2, $"error: {sentence}"), (result.ExitCode, result.Error.TrimEnd()));
    }

    [Fact]
    public void Out_ThatCannotBeMade_IsSaidBeforeMeasuring()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        ExampleResult result = ExampleProcess.Run("Part1.Hardware.dll", "bits", "--out", Path.Combine(file, "x"));
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.EndsWith("Choose another --out.", result.Error.TrimEnd());
    }

    [Fact]
    public void Bandwidth_OfAnyKindAndSize_IsAPositiveNumber()
    {
        foreach (BandwidthKind kind in Enum.GetValues<BandwidthKind>())
            foreach (long bytes in new[] { 1L, 5000, 100_000 }) Assert.InRange(Bandwidth.Gigabytes(kind, bytes, threads: 2, rounds: 2), 0.01, 1e5);
    }

    private ExampleResult Run(params string[] arguments)
    {
        ExampleResult result = ExampleProcess.Run("Part1.Hardware.dll", [.. arguments, "--out", _folder]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return result;
    }

    /// <summary>The cells of all tables.</summary>
    private static IEnumerable<string[]> Rows(string output) =>
        output.Split('\n').Where(line => line.StartsWith('|')).Select(line => line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries));

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);

    private void Pictures(ExampleResult result, params string[] names)
    {
        foreach (string name in names)
        {
            string file = Path.Combine(_folder, name);
            Assert.Contains($"picture: {file}", result.Output);
            Assert.Equal("svg", XDocument.Load(file).Root!.Name.LocalName);
        }
    }
}
