using System.Runtime.InteropServices;
using ManagedCuda;
using ManagedCuda.BasicTypes;
using MiniStack.Tests;

namespace MiniStack.Cuda.Tests;

/// <summary>Several streams, and graphs.</summary>
public class StreamTests
{
    [Fact]
    public void Streams_ThatWaitForAnEvent_KeepTheOrder()
    {
        Emulator.SkipIfMissing();
        using PrimaryContext context = new(0);
        context.SetCurrent();
        CudaKernel fill = Kernel(context, "copy.ptx", "fill_f32"), negate = Kernel(context, "elementwise.ptx", "negate_f32");
        using CudaDeviceVariable<float> x = new(256), y = new(256);
        using CudaStream first = new(CUStreamFlags.NonBlocking), second = new(CUStreamFlags.NonBlocking);
        using CudaEvent filled = new(CUEventFlags.DisableTiming);
        x.Memset(0);
        fill.RunAsync(first.Stream, x.DevicePointer, Axes.Line(256, 1), 2.5, 256L);
        filled.Record(first.Stream);
        second.WaitEvent(filled.Event);
        negate.RunAsync(second.Stream, x.DevicePointer, Axes.Line(256, 1), y.DevicePointer, 256L);
        second.Synchronize();
        Assert.All(Elements(y), element => Assert.Equal(-2.5f, element));
    }

    [Fact]
    public void Streams_WithoutAnEvent_HaveNoOrderOnTheEmulator()
    {
        // What shows that the test above, and the uploads of all others, would notice a wait that is missing.
        Emulator.SkipUnlessEmulated();
        using PrimaryContext context = new(0);
        context.SetCurrent();
        CudaKernel fill = Kernel(context, "copy.ptx", "fill_f32"), negate = Kernel(context, "elementwise.ptx", "negate_f32");
        using CudaDeviceVariable<float> x = new(256), y = new(256);
        using CudaStream first = new(CUStreamFlags.NonBlocking), second = new(CUStreamFlags.NonBlocking);
        x.Memset(0);
        fill.RunAsync(first.Stream, x.DevicePointer, Axes.Line(256, 1), 2.5, 256L);
        negate.RunAsync(second.Stream, x.DevicePointer, Axes.Line(256, 1), y.DevicePointer, 256L);
        second.Synchronize();
        Assert.All(Elements(y), element => Assert.Equal(0, element));
        first.Synchronize();
    }

    [Fact]
    public void Graph_Launched_DoesWhatItsLaunchesDo()
    {
        Emulator.SkipIfMissing();
        using PrimaryContext context = new(0);
        context.SetCurrent();
        CudaKernel exp = Kernel(context, "elementwise.ptx", "exp_f32"), multiply = Kernel(context, "elementwise.ptx", "multiply_f32");
        using CudaDeviceVariable<float> x = new(256), y = new(256), z = new(256);
        using CudaStream stream = new(CUStreamFlags.NonBlocking);
        x.CopyToDevice(Numbers(1));
        Work();
        float[] expected = Elements(z);

        z.Memset(0);
        stream.BeginCapture(CUstreamCaptureMode.ThreadLocal);
        Work(wait: false);
        using CudaGraph graph = stream.EndCapture();
        using CudaGraphExec executable = graph.Instantiate();
        stream.Synchronize();
        Assert.All(Elements(z), element => Assert.Equal(0, element)); // noted, not done
        Replay();
        Assert.Equal(expected, Elements(z));

        x.CopyToDevice(Numbers(2)); // the same addresses with another content
        Replay();
        float[] replayed = Elements(z);
        Work();
        Assert.Equal(Elements(z), replayed);
        Assert.NotEqual(expected, replayed);

        void Work(bool wait = true)
        {
            exp.RunAsync(stream.Stream, x.DevicePointer, Axes.Line(256, 1), y.DevicePointer, 256L);
            multiply.RunAsync(stream.Stream, x.DevicePointer, Axes.Line(256, 1), y.DevicePointer, Axes.Line(256, 1), z.DevicePointer, 256L);
            if (wait) stream.Synchronize();
        }

        void Replay()
        {
            executable.Launch(stream);
            stream.Synchronize();
        }
    }

    [Fact]
    public void EndCapture_WithoutABeginning_IsAnError()
    {
        Emulator.SkipIfMissing();
        using PrimaryContext context = new(0);
        context.SetCurrent();
        using CudaStream stream = new(CUStreamFlags.NonBlocking);
        Assert.Throws<CudaException>(stream.EndCapture);
    }

    [Fact]
    public void Upload_WhileTheDeviceComputes_DoesNotWaitForIt()
    {
        Emulator.SkipUnlessEmulated();
        CudaEngine engine = new("cuda:0", new PrimaryContext(0));
        float[] source = new float[3 << 20], copy = new float[source.Length]; // three buffers full: the first must have travelled before the third
        new Random(1).NextBytes(MemoryMarshal.AsBytes(source.AsSpan()));
        CudaBlock block = engine.Memory.Rent(sizeof(float) * source.Length);
        engine.Move(null, block.Address.Pointer, block.Bytes); // work on the very block that the upload goes to
        using CudaEvent computed = new(CUEventFlags.DisableTiming);
        computed.Record(engine.Stream);
        engine.Staging.Upload(MemoryMarshal.AsBytes<float>(source), block.Address.Pointer);
        Assert.Equal(CUResult.ErrorNotReady, DriverAPINativeMethods.Events.cuEventQuery(computed.Event));
        engine.Staging.Download(block.Address.Pointer, MemoryMarshal.AsBytes(copy.AsSpan()));
        Assert.Equal(MemoryMarshal.AsBytes(source.AsSpan()), MemoryMarshal.AsBytes(copy.AsSpan()));
        engine.Memory.Return(block);
        engine.Memory.Trim();
    }

    private static CudaKernel Kernel(CudaContext context, string module, string name) =>
        new(name, context.LoadModulePTX(DriverTests.Resource(module)), context) { BlockDimensions = 256 };

    private static float[] Numbers(int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, 256).Select(_ => random.NextSingle())];
    }

    private static float[] Elements(CudaDeviceVariable<float> variable)
    {
        float[] elements = new float[(int)variable.Size];
        variable.CopyToHost(elements);
        return elements;
    }
}
