using System.Runtime.CompilerServices;
using MiniStack.Tests;

namespace MiniStack.Cuda.Tests;

/// <summary>Device memory: scopes, the garbage collector, and the way there and back.</summary>
public class MemoryTests
{
    private static CudaDevice Gpu => DeviceUnderTest.Device;

    private static CudaMemory Memory => Gpu.Memory;

    [Fact]
    public void Scope_Ends_ReturnsItsBlocksToThePool()
    {
        // What earlier tests left behind would come back to the pool in between.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using MemoryScope outer = MemoryScope.Begin();
        Work();
        (long rented, long fresh) = (Memory.RentedBytes, Memory.FreshBlocks);
        for (int i = 0; i < 5; i++) Work();
        Assert.Equal(rented, Memory.RentedBytes);
        Assert.Equal(fresh, Memory.FreshBlocks);

        static void Work()
        {
            using MemoryScope scope = MemoryScope.Begin();
            Tensor x = Tensor.Ones([300, 7], device: Gpu);
            Assert.Equal(2 * 2100, (x + x).Sum().Item());
        }
    }

    [Fact]
    public void Tensor_UsedAfterItsScope_Throws()
    {
        Tensor x;
        using (MemoryScope.Begin()) x = Tensor.Ones([2, 3], device: Gpu);
        MemoryScopeException error = Assert.Throws<MemoryScopeException>(() => x.Sum());
        Assert.StartsWith("The tensor of shape (2, 3) was used after its MemoryScope ended", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keep_InsideAScope_OutlivesIt()
    {
        using MemoryScope outer = MemoryScope.Begin();
        Tensor kept;
        using (MemoryScope.Begin()) kept = Tensor.Full([5], 3, device: Gpu).Keep();
        Assert.Equal([3f, 3, 3, 3, 3], kept.ToArray<float>());
    }

    [Fact]
    public void Garbage_WithoutAnyScope_ComesBackToThePool()
    {
        Drop();
        Collect();
        long rented = Memory.RentedBytes;
        for (int i = 0; i < 20; i++) Drop();
        Collect();
        Assert.Equal(rented, Memory.RentedBytes);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Drop() => Assert.Equal(1000, Tensor.Ones([1000], device: Gpu).Sum().Item());

        static void Collect()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            using MemoryScope scope = MemoryScope.Begin();
            Tensor.Empty([1], device: Gpu); // who rents takes back what was collected
        }
    }

    [Fact]
    public void Trim_BlocksThatWait_GoBackToTheDriver()
    {
        using (MemoryScope.Begin()) Tensor.Ones([100_000], device: Gpu);
        long free = Gpu.FreeBytes, waiting = Memory.FreeBytes;
        Assert.True(waiting >= 400_000);
        Memory.Trim();
        Assert.Equal(0, Memory.FreeBytes);
        Assert.True(Gpu.FreeBytes > free);
    }

    [Fact]
    public void Peak_AfterTwoTensors_CoversBoth()
    {
        using MemoryScope scope = MemoryScope.Begin();
        long before = Memory.RentedBytes;
        Tensor.Empty([50_000], device: Gpu);
        Tensor.Empty([50_000], device: Gpu);
        Assert.InRange(Memory.PeakBytes, before + 400_000, long.MaxValue);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData((4 << 20) / 4)]
    [InlineData((4 << 20) / 4 + 1)]
    [InlineData(3_500_001)]
    [InlineData(5_500_001)] // six buffers full: each of the two is used again while the device has not read it yet
    public void To_ThereAndBack_KeepsEveryBit(int count)
    {
        using MemoryScope scope = MemoryScope.Begin();
        Tensor x = Tensor.Wrap([.. Enumerable.Range(0, count).Select(BitConverter.Int32BitsToSingle)], [count]);
        TensorAssert.SameBits(x, x.To(Gpu).To(Device.Cpu));
    }

    [Fact]
    public void To_ViewsOfEveryDType_KeepsTheElements()
    {
        Tensor x = Tensor.Arange(24).Reshape(2, 3, 4);
        foreach (DType dtype in (DType[])[DType.F32, DType.F64, DType.I64, DType.I32, DType.Bool])
        {
            Tensor view = x.To(dtype).Permute(2, 0, 1).Slice(0, 1, 2, step: 2), far = x.To(dtype).To(Gpu).Permute(2, 0, 1).Slice(0, 1, 2, step: 2);
            TensorAssert.SameBits(view, view.To(Gpu).To(Device.Cpu));
            TensorAssert.SameBits(view, far.To(Device.Cpu));
        }
    }

    [Fact]
    public void ToString_OnTheDevice_NamesIt() =>
        Assert.Equal("Tensor(2) F32 on cuda:0\n[1, 1]", Tensor.Ones([2], device: Gpu).ToString());
}
