namespace MiniStack.Tests.Gpu;

/// <summary>The measurement of a GPU, on the emulator: all of it runs, the report has its form and says what it is not.</summary>
public sealed class GpuReportTests : IDisposable
{
    // ExampleProcess starts what lies beside the tests; the benchmarks bring too much to be copied there.
    private static readonly string Benchmarks = Path.Combine(
        Emulator.Root, "benchmarks", "bin", AppContext.BaseDirectory.Contains("Debug", StringComparison.Ordinal) ? "Debug" : "Release", "net10.0", "MiniStack.Benchmarks.dll");

    private readonly string _folder = Directory.CreateTempSubdirectory("ministack-gpu-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Gpu_Quick_WritesAReportThatSaysEmulated()
    {
        string file = Path.Combine(_folder, "report.md");
        ExampleResult result = ExampleProcess.Run(Benchmarks, ["gpu", "--quick", "--report", file], [Emulator.Variable]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        string report = File.ReadAllText(file);
        Assert.Equal(result.Output, report);
        Assert.Contains("**emulated: no figure here is a measurement of a GPU.**", report);
        Assert.Contains("| GPU | MiniStack emulator, compute capability 8.0, ", report);
        Assert.Contains("TF32 off", report);
        string[] rows = [.. report.Split('\n').Where(line => line.StartsWith("| matmul ", StringComparison.Ordinal) || line.StartsWith("| step ", StringComparison.Ordinal))];
        Assert.Equal(4, rows.Length);
        bool peer = report.Contains("| peer | pytorch ", StringComparison.Ordinal);
        foreach (string[] cells in rows.Select(row => row.Trim('|').Split('|', StringSplitOptions.TrimEntries)))
        {
            Assert.True(double.Parse(cells[2], null) > 0 && double.Parse(cells[3], null) >= double.Parse(cells[2], null));
            Assert.Equal(peer, cells[5] != "-");
        }
        Assert.Contains("| matmul_128_f32 | ", report);
    }

    [Theory]
    [InlineData("--only must be one of matmul, step, kernels, not 'conv'.", "--only", "conv")]
    [InlineData("There is no option --qick. Did you mean --quick? Run with --help to see all options.", "--qick")]
    [InlineData("--seconds must be a number above 0 and at most 600, not '0'.", "--seconds", "0")]
    [InlineData("--report RESULTS-GPU.md: this device is an emulator, and that file is for figures of a GPU. Choose another file.", "--report", "RESULTS-GPU.md")]
    public void Gpu_WithAMistake_IsOneLineAndExit2(string sentence, params string[] arguments)
    {
        ExampleResult result = ExampleProcess.Run(Benchmarks, ["gpu", .. arguments], [Emulator.Variable]);
        Assert.Equal((2, "", $"error: {sentence}"), (result.ExitCode, result.Output, result.Error.TrimEnd()));
    }

    [Fact]
    public void Gpu_WithoutADriver_IsOneLineAndExit2()
    {
        ExampleResult result = ExampleProcess.Run(Benchmarks, ["gpu"], ["MINISTACK_CUDA_DRIVER=no/such/driver.so"]);
        Assert.Equal((2, "error: MINISTACK_CUDA_DRIVER names no/such/driver.so, which is no library that can be loaded."), (result.ExitCode, result.Error.TrimEnd()));
    }
}
