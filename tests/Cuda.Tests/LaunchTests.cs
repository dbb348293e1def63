using MiniStack.Operators;
using MiniStack.Tests;

namespace MiniStack.Cuda.Tests;

/// <summary>What a launch costs, and that launches of several threads do not disturb each other.</summary>
public class LaunchTests
{
    private static CudaDevice Gpu => DeviceUnderTest.Device;

    [Fact]
    public void Launch_OfAKnownKernel_AllocatesNothing()
    {
        Tensor a = Tensor.Ones([4, 5], device: Gpu), b = Tensor.Ones([5], device: Gpu).Expand([4, 5]), y = Tensor.Zeros([4, 5], device: Gpu);
        Tensor w = Tensor.Ones([5, 5], device: Gpu), z = Tensor.Zeros([4, 5], device: Gpu);
        Work();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) Work();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Work()
        {
            Gpu.Backend.Binary<Add>(a, b, y);
            Gpu.Backend.Linear(y, w, null, z);
        }
    }

    [Fact]
    public void Open_Again_IsTheSameDevice()
    {
        Assert.Same(Gpu, CudaDevice.Open(0));
        Assert.Equal(("cuda:0", 0), (Gpu.Name, Gpu.Ordinal));
        Assert.True(Gpu.ComputeCapability >= new Version(8, 0));
        Assert.InRange(Gpu.FreeBytes, 1, Gpu.TotalBytes);
    }

    [Fact]
    public void Threads_OnOneDevice_EachGetTheirResults()
    {
        CudaDevice gpu = Gpu;
        Tensor weight = Tensor.Normal([20, 30], new Rng(1)), far = weight.To(gpu);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            for (int turn = 0; turn < 10; turn++)
            {
                using MemoryScope scope = MemoryScope.Begin();
                Tensor x = Tensor.Normal([7, 30], new Rng((ulong)(100 * i + turn)));
                TensorAssert.Close(x.Linear(weight).Gelu(), x.To(gpu).Linear(far).Gelu(), 1e-5);
            }
        });
    }

    [Fact]
    public void Profiler_OnTheDevice_TimesTheWorkAndNotTheLaunch()
    {
        Tensor a = Tensor.Ones([128, 128], device: Gpu);
        a.MatMul(a);
        using Profiler profiler = Profiler.Begin();
        a.MatMul(a);
        OperatorProfile product = Assert.Single(profiler.Operators);
        Assert.Equal(2.0 * 128 * 128 * 128, product.Flops);
        // The emulator works when somebody waits, and needs more than a millisecond for two million multiply-adds.
        Assert.SkipWhen(Gpu.Model != "MiniStack emulator", "A real GPU is quicker than that.");
        Assert.True(product.Time > TimeSpan.FromMilliseconds(1), $"{product.Time}");
    }
}
