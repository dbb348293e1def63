using ManagedCuda;
using ManagedCuda.BasicTypes;
using static ManagedCuda.DriverAPINativeMethods;

namespace MiniStack.Cuda;

/// <summary>One device at work: its context, and the one stream in whose order everything happens.</summary>
/// <remarks>
/// One stream makes every thread's work wait for what was put in before, so that results and blocks of memory pass from one operator to
/// the next without a thought. The only other stream is <see cref="HostStaging"/>'s, which touches none of the pool's blocks.
/// </remarks>
internal sealed class CudaEngine
{
    /// <summary>Blocks of a grid along its second and third axis.</summary>
    public const int MostBlocks = 65535;

    private const int FlatBlock = 256;

    [ThreadStatic]
    private static IntPtr[]? _addresses;

    private readonly string _name;
    private readonly PrimaryContext _context;
    private readonly CudaStream _stream;
    private readonly KernelTable _kernels;

    public CudaEngine(string name, PrimaryContext context)
    {
        (_name, _context) = (name, context);
        MakeCurrent();
        _stream = new CudaStream(CUStreamFlags.NonBlocking);
        Memory = new CudaMemory(this);
        Staging = new HostStaging(this);
        _kernels = new KernelTable(this);
        int multiprocessors = 0;
        CudaErrors.Check(
            DeviceManagement.cuDeviceGetAttribute(ref multiprocessors, CUDeviceAttribute.MultiProcessorCount, context.Device),
            "cuDeviceGetAttribute");
        Multiprocessors = multiprocessors;
    }

    public CUstream Stream => _stream.Stream;

    public CudaMemory Memory { get; }

    public HostStaging Staging { get; }

    public int Multiprocessors { get; }

    /// <summary>Bytes of the device that no program uses, and all of them.</summary>
    public (long Free, long Total) Capacity
    {
        get
        {
            SizeT free = 0, total = 0;
            MakeCurrent();
            CudaErrors.Check(MemoryManagement.cuMemGetInfo_v2(ref free, ref total), "cuMemGetInfo");
            return (free, total);
        }
    }

    /// <summary>Every thread that calls the driver needs the context; others may have changed it since.</summary>
    public void MakeCurrent() => CudaErrors.Check(ContextManagement.cuCtxSetCurrent(_context.Context), "cuCtxSetCurrent");

    /// <summary>Waits until all work is done, which shows errors that came up in it.</summary>
    public void Synchronize()
    {
        MakeCurrent();
        CudaErrors.Check(Streams.cuStreamSynchronize(Stream), "waiting for the device");
    }

    /// <summary>Launches a kernel whose threads step through <paramref name="count"/> elements.</summary>
    public void RunFlat(KernelName kernel, long count, ref Arguments arguments) =>
        Run(kernel, ((uint)Math.Min(Blocks(count, FlatBlock), MostBlocks), 1, 1), (FlatBlock, 1), ref arguments);

    /// <summary>Launches a kernel.</summary>
    public void Run(KernelName kernel, (long X, long Y, long Z) grid, (uint X, uint Y) block, ref Arguments arguments)
    {
        CUfunction function = _kernels[kernel];
        IntPtr[] addresses = _addresses ??= new IntPtr[Arguments.Most];
        arguments.Locate(addresses);
        MakeCurrent();
        CUResult result = Launch.cuLaunchKernel(
            function, (uint)grid.X, (uint)grid.Y, (uint)grid.Z, block.X, block.Y, 1, 0, Stream, addresses, null);
        if (result != CUResult.Success) CudaErrors.Check(result, $"launching {kernel}");
        WaitIfProfiled();
    }

    /// <summary>Zeros, or a copy from one place of the device to another.</summary>
    public void Move(ulong? from, ulong to, long bytes)
    {
        MakeCurrent();
        CudaErrors.Check(
            from is { } source
                ? AsynchronousMemcpy_v2.cuMemcpyDtoDAsync_v2(new CUdeviceptr(to), new CUdeviceptr(source), bytes, Stream)
                : MemsetAsync.cuMemsetD8Async(new CUdeviceptr(to), 0, bytes, Stream),
            from is null ? "cuMemsetD8Async" : "cuMemcpyDtoDAsync");
        WaitIfProfiled();
    }

    public CudaMemoryException OutOfMemory(long bytes, CudaMemory memory)
    {
        (long free, long total) = Capacity;
        return CudaErrors.OutOfMemory(_name, bytes, memory.RentedBytes, memory.FreeBytes, free, total);
    }

    /// <summary>Blocks of a size that hold so many elements.</summary>
    public static long Blocks(long count, long size) => (count + size - 1) / size;

    /// <summary>While a profiler measures, an operator ends when its work does: its time is its own.</summary>
    private void WaitIfProfiled()
    {
        if (Profiler.Current is not null) Synchronize();
    }
}
