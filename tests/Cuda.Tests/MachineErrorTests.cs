using System.Text;
using MiniStack.Tests;

namespace MiniStack.Cuda.Tests;

/// <summary>Machines where there is no GPU to work with: each gets one clear sentence.</summary>
public class MachineErrorTests
{
    [Theory]
    [InlineData("fine, 1")]
    [InlineData("fine, 2", "MINISTACK_EMULATOR_DEVICES=2")]
    [InlineData("DeviceException: MINISTACK_CUDA_DRIVER names no/such/driver.so, which is no library that can be loaded.",
        "MINISTACK_CUDA_DRIVER=no/such/driver.so")]
    [InlineData("DeviceException: There is a CUDA driver on this machine, but no GPU that it can use. Compute on the CPU.", "MINISTACK_EMULATOR_DEVICES=0")]
    [InlineData("DeviceException: There is no GPU 3: this machine has 1, numbered from 0.", "ORDINAL=3")]
    [InlineData("DeviceException: There is no GPU -1: this machine has 1, numbered from 0.", "ORDINAL=-1")]
    [InlineData("DeviceException: The NVIDIA driver knows CUDA 10.2, and MiniStack needs 11.0. Update the driver, or compute on the CPU.",
        "MINISTACK_EMULATOR_DRIVER=10020")]
    [InlineData("CudaMemoryException: cuda:0 has no 64.0 MiB left: tensors hold 128.0 MiB, 0 bytes wait in the pool, and 14.0 MiB of 150.0 MiB are free. " +
        "Make the batch, the context or the model smaller, or end other programs that use the device.", "MINISTACK_EMULATOR_MEMORY=157286400")]
    [InlineData("CudaDriverException: CUDA: waiting for the device failed with ErrorIllegalAddress (700): a kernel before it went wrong, and nothing on the " +
        "device can be used any more. This is a bug of MiniStack's; please report it with the operators that came before.", "MISTAKE=1")]
    public void Machine_WithoutAGpuForTheWork_IsDescribed(string sentence, params string[] variables)
    {
        Emulator.SkipUnlessEmulated();
        Assert.Equal(sentence, OtherMachine.Says([.. variables.Select(variable => (variable.Split('=')[0], variable.Split('=')[1]))]));
    }

    [Fact]
    public void Requirements_OfTheMachine_AreThoseOfThePtx()
    {
        foreach (string name in typeof(CudaDevice).Assembly.GetManifestResourceNames())
        {
            string ptx = Encoding.ASCII.GetString(DriverTests.Resource(name));
            Assert.Contains($".target sm_{CudaMachine.LeastCapability.Major}{CudaMachine.LeastCapability.Minor}\n", ptx, StringComparison.Ordinal);
            // CUDA 11.0 came with PTX 7.0, and both have counted on since then.
            Assert.Contains($".version {CudaMachine.LeastDriver.Major - 4}.{CudaMachine.LeastDriver.Minor}\n", ptx, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Machine_WithADevice_IsDescribed()
    {
        Emulator.SkipIfMissing();
        CudaDevice opened = DeviceUnderTest.Device;
        CudaMachine machine = CudaMachine.Look();
        Assert.Null(machine.Problem);
        Assert.Contains(machine.DriverFile, CudaMachine.DriverFiles);
        CudaGpu gpu = machine.Gpus[0];
        Assert.Equal((opened.Model, opened.ComputeCapability), (gpu.Model, gpu.ComputeCapability));
        Assert.InRange(gpu.TotalBytes, 0.9 * opened.TotalBytes, 1.1 * opened.TotalBytes); // some drivers keep a part for themselves
        Assert.True(gpu.Multiprocessors > 0 && gpu.FreeBytes > 0 && gpu.Problem is null);
        // Looking takes nothing away from who works there.
        Assert.Equal(3, Tensor.Ones([3], device: opened).Sum().Item());
    }

    [Fact]
    public void Machine_WithoutADriver_IsDescribed()
    {
        string said = OtherMachine.Says(("MINISTACK_CUDA_DRIVER", ""));
        Assert.SkipUnless(said.Contains("driver on this machine", StringComparison.Ordinal), $"This machine has a driver: {said}");
        Assert.Equal(
            "DeviceException: There is no NVIDIA driver on this machine (no libcuda.so.1 or nvcuda.dll). Install it, or compute on the CPU.", said);
    }
}
