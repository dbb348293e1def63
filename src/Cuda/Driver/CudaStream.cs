using ManagedCuda.BasicTypes;
using static ManagedCuda.DriverAPINativeMethods;

namespace ManagedCuda;

/// <summary>A queue of work: what is put in comes out in order.</summary>
public class CudaStream : IDisposable
{
    private CUstream _stream;

    /// <summary>A new stream of the calling thread's context.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public CudaStream(CUStreamFlags flags = CUStreamFlags.None) => CudaException.ThrowIfError(Streams.cuStreamCreate(ref _stream, flags));

    /// <summary>The driver's handle.</summary>
    public CUstream Stream => _stream;

    /// <summary>Waits until its work is done.</summary>
    public void Synchronize() => CudaException.ThrowIfError(Streams.cuStreamSynchronize(_stream));

    /// <summary>Lets this stream wait for a mark in another one; the caller does not wait.</summary>
    public void WaitEvent(CUevent cuevent) => CudaException.ThrowIfError(Streams.cuStreamWaitEvent(_stream, cuevent, 0));

    /// <summary>From now on, work for this stream is noted and not done.</summary>
    /// <param name="mode">What the program may ask of the driver meanwhile.</param>
    /// <exception cref="CudaException">The stream is captured already, or is the null stream.</exception>
    public void BeginCapture(CUstreamCaptureMode mode) => CudaException.ThrowIfError(Streams.cuStreamBeginCapture(_stream, mode));

    /// <summary>The work since <see cref="BeginCapture"/>; new work is done again.</summary>
    /// <exception cref="CudaException">There was no beginning, or something in between made the capture void.</exception>
    public CudaGraph EndCapture()
    {
        CUgraph graph = default;
        CudaException.ThrowIfError(Streams.cuStreamEndCapture(_stream, ref graph));
        return new CudaGraph(graph);
    }

    /// <summary>Ends the stream; what it holds is still done.</summary>
    public void Dispose()
    {
        if (_stream.Pointer != IntPtr.Zero) Streams.cuStreamDestroy_v2(_stream);
        _stream = default;
        GC.SuppressFinalize(this);
    }
}

/// <summary>A mark in a stream.</summary>
public class CudaEvent : IDisposable
{
    private CUevent _event;

    /// <summary>A new event of the calling thread's context.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public CudaEvent(CUEventFlags flags = CUEventFlags.Default) => CudaException.ThrowIfError(Events.cuEventCreate(ref _event, flags));

    /// <summary>The driver's handle.</summary>
    public CUevent Event => _event;

    /// <summary>Milliseconds between two marks that were reached.</summary>
    public static float ElapsedTime(CudaEvent eventStart, CudaEvent eventEnd)
    {
        float milliseconds = 0;
        CudaException.ThrowIfError(Events.cuEventElapsedTime(ref milliseconds, eventStart._event, eventEnd._event));
        return milliseconds;
    }

    /// <summary>Marks the end of a stream as it is now.</summary>
    public void Record(CUstream stream) => CudaException.ThrowIfError(Events.cuEventRecord(_event, stream));

    /// <summary>Waits for the mark.</summary>
    public void Synchronize() => CudaException.ThrowIfError(Events.cuEventSynchronize(_event));

    /// <summary>Ends the event.</summary>
    public void Dispose()
    {
        if (_event.Pointer != IntPtr.Zero) Events.cuEventDestroy_v2(_event);
        _event = default;
        GC.SuppressFinalize(this);
    }
}
