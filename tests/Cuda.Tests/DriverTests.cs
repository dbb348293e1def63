using ManagedCuda;
using ManagedCuda.BasicTypes;
using MiniStack.Tests;

namespace MiniStack.Cuda.Tests;

/// <summary>A program in ManagedCuda's words: memory, code, a launch, streams and events.</summary>
public class DriverTests
{
    [Fact]
    public void Program_InManagedCudasWords_Runs()
    {
        Emulator.SkipIfMissing();
        Assert.True(CudaContext.GetDeviceCount() >= 1);
        Assert.True(CudaContext.GetDriverVersion() >= new Version(11, 0));
        using PrimaryContext context = new(0);
        context.SetCurrent();
        Assert.NotEmpty(context.GetDeviceName());
        Assert.True(context.GetDeviceComputeCapability() >= new Version(8, 0));
        Assert.True((ulong)context.GetFreeDeviceMemorySize() <= (ulong)context.GetTotalDeviceMemorySize());

        CUmodule module = context.LoadModulePTX(Resource("copy.ptx"));
        CudaKernel fill = new("fill_f32", module, context) { BlockDimensions = 256, GridDimensions = 2 };
        using CudaDeviceVariable<float> y = new(1000);
        y.Memset(0);
        using CudaStream stream = new(CUStreamFlags.NonBlocking);
        using CudaEvent start = new(), end = new();
        start.Record(stream.Stream);
        fill.RunAsync(stream.Stream, y.DevicePointer, Axes.Line(500, 2), 2.5, 500L);
        end.Record(stream.Stream);
        stream.Synchronize();
        Assert.True(CudaEvent.ElapsedTime(start, end) >= 0);

        float[] elements = new float[1000];
        y.CopyToHost(elements);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => i % 2 == 0 ? 2.5f : 0), elements);
        elements[7] = 9;
        y.CopyToDevice(elements);
        CudaDeviceVariable<float> tail = new(y.DevicePointer + 7 * sizeof(float), false, 2 * sizeof(float));
        float[] two = new float[2];
        tail.CopyToHost(two);
        Assert.Equal([9f, 2.5f], two);
    }

    [Fact]
    public void Kernel_ThatIsNotThere_IsAnError()
    {
        Emulator.SkipIfMissing();
        using PrimaryContext context = new(0);
        context.SetCurrent();
        CUmodule module = context.LoadModulePTX(Resource("copy.ptx"));
        CudaException error = Assert.Throws<CudaException>(() => new CudaKernel("no_such_kernel", module, context));
        Assert.Equal(CUResult.ErrorNotFound, error.CudaError);
        Assert.Equal("The CUDA driver answered ErrorNotFound (500).", error.Message);
    }

    [Fact]
    public void Sizes_Arithmetic_IsExact()
    {
        SizeT a = 5, b = 3L;
        Assert.Equal((8UL, 2L, 15), ((ulong)(a + b), (long)(a - b), (int)(a * b)));
        Assert.True(a != b && a == 5U && a.Equals((SizeT)5UL));
        Assert.Throws<OverflowException>(() => (SizeT)(-1));
        Assert.Throws<OverflowException>(() => (int)(SizeT)(1L << 40));
    }

    internal static byte[] Resource(string name)
    {
        using Stream stream = typeof(CudaDevice).Assembly.GetManifestResourceStream(name)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
