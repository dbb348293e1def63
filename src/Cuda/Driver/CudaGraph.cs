using ManagedCuda.BasicTypes;
using static ManagedCuda.DriverAPINativeMethods;

namespace ManagedCuda;

/// <summary>
/// Work that a stream was given between <see cref="CudaStream.BeginCapture"/> and <see cref="CudaStream.EndCapture"/>, and has not done.
/// </summary>
public class CudaGraph : IDisposable
{
    private CUgraph _graph;

    internal CudaGraph(CUgraph graph) => _graph = graph;

    /// <summary>The driver's handle.</summary>
    public CUgraph Graph => _graph;

    /// <summary>Makes it ready to be launched, any number of times; it no longer needs this graph.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public CudaGraphExec Instantiate(CUgraphInstantiate_flags flags = CUgraphInstantiate_flags.None)
    {
        CUgraphExec executable = default;
        CudaException.ThrowIfError(GraphManagment.cuGraphInstantiateWithFlags(ref executable, _graph, flags));
        return new CudaGraphExec(executable);
    }

    /// <summary>Ends the graph.</summary>
    public void Dispose()
    {
        if (_graph.Pointer != IntPtr.Zero) GraphManagment.cuGraphDestroy(_graph);
        _graph = default;
        GC.SuppressFinalize(this);
    }
}

/// <summary>A graph that can be launched: one call in place of one for each kernel and copy in it.</summary>
/// <remarks>
/// Addresses and parameters are those of the capture. What lies at the addresses is read anew by each launch, so they must stay allocated.
/// </remarks>
public class CudaGraphExec : IDisposable
{
    private CUgraphExec _executable;

    internal CudaGraphExec(CUgraphExec executable) => _executable = executable;

    /// <summary>The driver's handle.</summary>
    public CUgraphExec Graph => _executable;

    /// <summary>Puts all its work into a stream.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Launch(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CudaException.ThrowIfError(GraphManagment.cuGraphLaunch(_executable, stream.Stream));
    }

    /// <summary>Ends it; launches that are under way are still done.</summary>
    public void Dispose()
    {
        if (_executable.Pointer != IntPtr.Zero) GraphManagment.cuGraphExecDestroy(_executable);
        _executable = default;
        GC.SuppressFinalize(this);
    }
}
