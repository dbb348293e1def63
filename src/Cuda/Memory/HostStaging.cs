using ManagedCuda;
using ManagedCuda.BasicTypes;
using static ManagedCuda.DriverAPINativeMethods;

namespace MiniStack.Cuda;

/// <summary>
/// Copies between main memory and the device, through two pinned buffers: while one travels, the other is filled or emptied.
/// </summary>
/// <remarks>
/// Only from pinned memory does the device copy by itself; the runtime's own arrays are not pinned for it. What goes up travels in a stream
/// of its own, while the device computes, to a buffer on the device; the stream of all work then moves it to its place, which may have been
/// in use until then.
/// </remarks>
internal sealed unsafe class HostStaging
{
    private const int BufferBytes = 4 << 20;

    private readonly CudaEngine _engine;
    private readonly Lock _gate = new();
    private readonly IntPtr[] _buffers = new IntPtr[2];
    private readonly CudaEvent[] _done = new CudaEvent[2]; // the pinned buffer has been read or written
    private readonly CudaStream _uploads = new(CUStreamFlags.NonBlocking);
    private readonly CUdeviceptr[] _landings = new CUdeviceptr[2]; // buffers on the device
    private readonly CudaEvent[] _moved = new CudaEvent[2]; // what landed there is in its place
    private long _next;

    public HostStaging(CudaEngine engine)
    {
        _engine = engine;
        for (int i = 0; i < _buffers.Length; i++)
        {
            CudaErrors.Check(MemoryManagement.cuMemHostAlloc(ref _buffers[i], BufferBytes, CUMemHostAllocFlags.Portable), "cuMemHostAlloc");
            CudaErrors.Check(MemoryManagement.cuMemAlloc_v2(ref _landings[i], BufferBytes), "cuMemAlloc");
            (_done[i], _moved[i]) = (new CudaEvent(CUEventFlags.DisableTiming), new CudaEvent(CUEventFlags.DisableTiming));
        }
    }

    /// <summary>
    /// Copies to the device. The source may change as soon as this returns; the device has its copy when the stream gets there.
    /// </summary>
    public void Upload(ReadOnlySpan<byte> source, ulong address)
    {
        lock (_gate)
        {
            _engine.MakeCurrent();
            for (; !source.IsEmpty; _next++)
            {
                int slot = (int)(_next % 2), count = Math.Min(source.Length, BufferBytes);
                CudaErrors.Check(Events.cuEventSynchronize(_done[slot].Event), "a copy to the device");
                source[..count].CopyTo(new Span<byte>((void*)_buffers[slot], count));
                Land(slot, count);
                CudaErrors.Check(
                    AsynchronousMemcpy_v2.cuMemcpyDtoDAsync_v2(new CUdeviceptr(address), _landings[slot], count, _engine.Stream),
                    "cuMemcpyDtoDAsync");
                CudaErrors.Check(Events.cuEventRecord(_moved[slot].Event, _engine.Stream), "cuEventRecord");
                source = source[count..];
                address += (ulong)count;
            }
        }
    }

    /// <summary>Copies from the device; waits for the work before it and for the copy.</summary>
    public void Download(ulong address, Span<byte> destination)
    {
        lock (_gate)
        {
            _engine.MakeCurrent();
            long first = _next, chunks = (destination.Length + BufferBytes - 1) / BufferBytes;
            _next += chunks;
            for (long chunk = 0; chunk < chunks + 1; chunk++)
            {
                if (chunk < chunks) Fetch(first + chunk, address + (ulong)chunk * BufferBytes, Part(destination, chunk).Length);
                if (chunk > 0) Arrive(first + chunk - 1, Part(destination, chunk - 1));
            }
        }

        static Span<byte> Part(Span<byte> whole, long chunk) =>
            whole.Slice((int)(chunk * BufferBytes), (int)Math.Min(BufferBytes, whole.Length - chunk * BufferBytes));
    }

    /// <summary>From a pinned buffer to the device; the work that comes now waits for it.</summary>
    private void Land(int slot, int count)
    {
        CudaErrors.Check(Streams.cuStreamWaitEvent(_uploads.Stream, _moved[slot].Event, 0), "cuStreamWaitEvent");
        CudaErrors.Check(
            AsynchronousMemcpy_v2.cuMemcpyHtoDAsync_v2(_landings[slot], _buffers[slot], count, _uploads.Stream), "cuMemcpyHtoDAsync");
        CudaErrors.Check(Events.cuEventRecord(_done[slot].Event, _uploads.Stream), "cuEventRecord");
        CudaErrors.Check(Streams.cuStreamWaitEvent(_engine.Stream, _done[slot].Event, 0), "cuStreamWaitEvent");
    }

    private void Fetch(long turn, ulong address, int count)
    {
        int slot = (int)(turn % 2);
        CudaErrors.Check(
            AsynchronousMemcpy_v2.cuMemcpyDtoHAsync_v2(_buffers[slot], new CUdeviceptr(address), count, _engine.Stream),
                "cuMemcpyDtoHAsync");
        CudaErrors.Check(Events.cuEventRecord(_done[slot].Event, _engine.Stream), "cuEventRecord");
    }

    private void Arrive(long turn, Span<byte> destination)
    {
        int slot = (int)(turn % 2);
        CudaErrors.Check(Events.cuEventSynchronize(_done[slot].Event), "the work before a copy from the device");
        new Span<byte>((void*)_buffers[slot], destination.Length).CopyTo(destination);
    }
}
