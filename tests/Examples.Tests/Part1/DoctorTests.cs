namespace MiniStack.Tests.Part1;

/// <summary>The doctor names what is there and what is missing, and says at the end whether a GPU can be used.</summary>
public class DoctorTests
{
    [Fact]
    public void Doctor_WithAGpu_SaysThatItWorks()
    {
        ExampleResult result = OnEmulator("MINISTACK_EMULATOR_DEVICES=2");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("-bit vectors", result.Output);
        Assert.Contains("CUDA: 12.4, new enough: the kernels need 11.0 or newer\n", result.Output);
        Assert.Contains(
            "GPU 1: MiniStack emulator\n  compute capability 8.0, enough: the kernels need 8.0 or higher\n" +
            "  4.0 GiB of memory, 4.0 free; 4 multiprocessors of up to 1.00 GHz\n", result.Output);
        Assert.Equal("--device cuda will work, on MiniStack emulator.", result.LastLine);
    }

    [Theory]
    [InlineData("missing: There is a CUDA driver on this machine, but no GPU that it can use.", "--gpus all", "MINISTACK_EMULATOR_DEVICES=0")]
    [InlineData("CUDA: 10.2, too old: the kernels need 11.0 or newer\nmissing: The NVIDIA driver knows CUDA 10.2, and MiniStack needs 11.0.", "driver package",
        "MINISTACK_EMULATOR_DRIVER=10020")]
    [InlineData("missing: CUDA: cuMemAlloc failed with ErrorOutOfMemory (2): the device has too little free memory.", "`nvidia-smi` lists who uses the GPU",
        "MINISTACK_EMULATOR_MEMORY=1000000")]
    [InlineData("missing: cuda:0 has no 2.0 MiB left:", "`nvidia-smi` lists who uses the GPU", "MINISTACK_EMULATOR_MEMORY=9000000")]
    [InlineData("missing: cuda:0 (MiniStack emulator) has compute capability 7.5, and MiniStack's kernels need 8.0:", "compute capability 7.5, too low",
        "MINISTACK_EMULATOR_CAPABILITY=75")]
    public void Doctor_WithAGpuThatCannotBeUsed_SaysWhatIsMissing(string missing, string advice, string variable)
    {
        ExampleResult result = OnEmulator(variable);
        Assert.Equal((1, ""), (result.ExitCode, result.Error));
        Assert.Contains(missing, result.Output);
        Assert.Contains(advice, result.Output);
        Assert.Equal("--device cuda will not work here; --device cpu does.", result.LastLine);
    }

    [Fact]
    public void Doctor_WithoutADriver_SaysHowToGetOne()
    {
        ExampleResult result = ExampleProcess.Run("Part1.Hardware.dll", ["doctor"], ["MINISTACK_CUDA_DRIVER=no/such/driver.so"]);
        Assert.Equal((1, ""), (result.ExitCode, result.Error));
        Assert.Contains("driver: not found; tried no/such/driver.so\n", result.Output);
        foreach (string system in (string[])["  Linux:", "  Windows:", "  WSL:", "  MINISTACK_CUDA_DRIVER is set"]) Assert.Contains(system, result.Output);
        Assert.Equal("--device cuda will not work here; --device cpu does.", result.LastLine);
    }

    private static ExampleResult OnEmulator(string variable) =>
        ExampleProcess.Run("Part1.Hardware.dll", ["doctor"], [Emulator.Variable, variable]);
}
