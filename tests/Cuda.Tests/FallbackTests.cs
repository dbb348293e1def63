using MiniStack.Tests;

namespace MiniStack.Cuda.Tests;

/// <summary>What has no kernel: attention of more than 128 channels is one such case.</summary>
public class FallbackTests
{
    private static readonly Tensor Q = Tensor.Normal([1, 2, 5, 130], new Rng(1)), K = Tensor.Normal([1, 2, 5, 130], new Rng(2));

    [Fact]
    public void Operator_WithoutAKernel_IsComputedOnTheCpuWithOneWarning()
    {
        List<string> warnings = [];
        CudaDevice gpu = DeviceUnderTest.Device;
        Action<string> before = gpu.Warn;
        (gpu.Strict, gpu.Warn) = (false, warnings.Add);
        try
        {
            Tensor q = Q.To(gpu), k = K.To(gpu);
            for (int i = 0; i < 3; i++) TensorAssert.SameBits(Tensor.Attention(Q, K, K), Tensor.Attention(q, k, k));
            string warning = Assert.Single(warnings);
            Assert.Equal("warning: Attention has no kernel on cuda:0 for these dtypes and shapes and is computed on the CPU, which is slow.", warning);
        }
        finally
        {
            (gpu.Strict, gpu.Warn) = (true, before);
        }
    }

    [Fact]
    public void Operator_WithoutAKernelInStrictMode_Throws()
    {
        Tensor q = Q.To(DeviceUnderTest.Device), k = K.To(DeviceUnderTest.Device);
        DeviceException error = Assert.Throws<DeviceException>(() => Tensor.Attention(q, k, k));
        Assert.Equal(
            "Attention: cuda:0 has no kernel for these dtypes and shapes. Move the tensors to Device.Cpu, or set CudaDevice.Strict to false to let it happen.",
            error.Message);
    }

    [Fact]
    public void Tensor_OfTooManyScatteredAxes_IsRefused()
    {
        Tensor x = Tensor.Zeros([2, 2, 2, 2, 2, 2, 2, 2, 2], device: DeviceUnderTest.Device).Permute(8, 7, 6, 5, 4, 3, 2, 1, 0);
        DeviceException error = Assert.Throws<DeviceException>(() => x.Exp());
        Assert.Equal(
            "On cuda:0, tensors have at most 8 axes that do not lie one behind another; this one is (2, 2, 2, 2, 2, 2, 2, 2, 2).", error.Message);
    }
}
