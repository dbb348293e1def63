using System.Runtime.InteropServices;
using ManagedCuda.BasicTypes;

namespace ManagedCuda;

/// <summary>The driver's functions as they are; NVIDIA's manual of the CUDA driver API says what each of them does.</summary>
/// <remarks>
/// Names, namespaces and signatures are those of ManagedCuda, so that a program can change from one to the other; only what MiniStack and
/// its examples use is here. Every function answers with a <see cref="CUResult"/>, and nothing throws. Where the driver lies is
/// <see cref="MiniStack.Cuda.DriverLibrary"/>'s business.
/// </remarks>
public static partial class DriverAPINativeMethods
{
    private const string Driver = "nvcuda";

    /// <summary>Wakes the driver; everything else needs it.</summary>
    [LibraryImport(Driver)]
    public static partial CUResult cuInit(CUInitializationFlags flags);

    /// <summary>1000·major + 10·minor of the newest CUDA that the driver knows.</summary>
    [LibraryImport(Driver)]
    public static partial CUResult cuDriverGetVersion(ref int driverVersion);

    /// <summary>Devices and facts about them.</summary>
    public static partial class DeviceManagement
    {
        /// <summary>The device of a number.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuDeviceGet(ref CUdevice device, int ordinal);

        /// <summary>How many there are.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuDeviceGetCount(ref int count);

        /// <summary>Its name, ended by a 0.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuDeviceGetName([Out] byte[] name, int len, CUdevice dev);

        /// <summary>All its memory.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuDeviceTotalMem_v2(ref SizeT bytes, CUdevice dev);

        /// <summary>A fact.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuDeviceGetAttribute(ref int pi, CUDeviceAttribute attrib, CUdevice dev);
    }

    /// <summary>Contexts.</summary>
    public static partial class ContextManagement
    {
        /// <summary>Takes part in the context that all libraries of the process share.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuDevicePrimaryCtxRetain(ref CUcontext pctx, CUdevice dev);

        /// <summary>Leaves it; the last one out frees everything in it.</summary>
        [LibraryImport(Driver, EntryPoint = "cuDevicePrimaryCtxRelease_v2")]
        public static partial CUResult cuDevicePrimaryCtxRelease(CUdevice dev);

        /// <summary>Makes a context this thread's.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuCtxSetCurrent(CUcontext ctx);

        /// <summary>Waits until all work is done.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuCtxSynchronize();
    }

    /// <summary>Code.</summary>
    public static partial class ModuleManagement
    {
        /// <summary>Loads code; of PTX, which ends with a 0, the driver compiles it first.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuModuleLoadData(ref CUmodule module, byte[] image);

        /// <summary>Lets go of code.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuModuleUnload(CUmodule hmod);

        /// <summary>A kernel by name.</summary>
        [LibraryImport(Driver, StringMarshalling = StringMarshalling.Utf8)]
        public static partial CUResult cuModuleGetFunction(ref CUfunction hfunc, CUmodule hmod, string name);
    }

    /// <summary>Memory of the device, and pinned memory of the host.</summary>
    public static partial class MemoryManagement
    {
        /// <summary>What is free, and what there is.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuMemGetInfo_v2(ref SizeT free, ref SizeT total);

        /// <summary>A block of the device.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuMemAlloc_v2(ref CUdeviceptr dptr, SizeT bytesize);

        /// <summary>Gives it back, after waiting for the device.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuMemFree_v2(CUdeviceptr dptr);

        /// <summary>A block of the host that the system does not move: copies from it need no help of the processor.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuMemHostAlloc(ref IntPtr pp, SizeT bytesize, CUMemHostAllocFlags flags);

        /// <summary>Gives it back.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuMemFreeHost(IntPtr p);
    }

    /// <summary>Copies that are done when they return.</summary>
    public static partial class SynchronousMemcpy_v2
    {
        /// <summary>To the device.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuMemcpyHtoD_v2(CUdeviceptr dstDevice, IntPtr srcHost, SizeT byteCount);

        /// <summary>From the device.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuMemcpyDtoH_v2(IntPtr dstHost, CUdeviceptr srcDevice, SizeT byteCount);
    }

    /// <summary>Copies in the order of a stream.</summary>
    public static partial class AsynchronousMemcpy_v2
    {
        /// <summary>To the device.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuMemcpyHtoDAsync_v2(CUdeviceptr dstDevice, IntPtr srcHost, SizeT byteCount, CUstream hStream);

        /// <summary>From the device.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuMemcpyDtoHAsync_v2(IntPtr dstHost, CUdeviceptr srcDevice, SizeT byteCount, CUstream hStream);

        /// <summary>On the device.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuMemcpyDtoDAsync_v2(
            CUdeviceptr dstDevice, CUdeviceptr srcDevice, SizeT byteCount, CUstream hStream);
    }

    /// <summary>Fills in the order of a stream.</summary>
    public static partial class MemsetAsync
    {
        /// <summary>Byte by byte.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuMemsetD8Async(CUdeviceptr dstDevice, byte b, SizeT n, CUstream hStream);

        /// <summary>Four bytes at a time.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuMemsetD32Async(CUdeviceptr dstDevice, uint b, SizeT n, CUstream hStream);
    }

    /// <summary>Facts about kernels.</summary>
    public static partial class FunctionManagement
    {
        /// <summary>A fact.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuFuncGetAttribute(ref int pi, CUFunctionAttribute attrib, CUfunction hfunc);

        /// <summary>A wish.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuFuncSetAttribute(CUfunction hfunc, CUFunctionAttribute attrib, int value);
    }

    /// <summary>Launches.</summary>
    public static partial class Launch
    {
        /// <summary>Puts a kernel into a stream; the parameters are copied before it returns.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuLaunchKernel(
            CUfunction f, uint gridDimX, uint gridDimY, uint gridDimZ, uint blockDimX, uint blockDimY, uint blockDimZ,
            uint sharedMemBytes, CUstream hStream, IntPtr[]? kernelParams, IntPtr[]? extra);
    }

    /// <summary>Streams.</summary>
    public static partial class Streams
    {
        /// <summary>A new one.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuStreamCreate(ref CUstream phStream, CUStreamFlags flags);

        /// <summary>Ends one.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuStreamDestroy_v2(CUstream hStream);

        /// <summary>Waits until its work is done.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuStreamSynchronize(CUstream hStream);

        /// <summary>Lets it wait for a mark in another stream.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuStreamWaitEvent(CUstream hStream, CUevent hEvent, uint flags);

        /// <summary>From now on, notes its work in place of doing it.</summary>
        [LibraryImport(Driver, EntryPoint = "cuStreamBeginCapture_v2")]
        public static partial CUResult cuStreamBeginCapture(CUstream hStream, CUstreamCaptureMode mode);

        /// <summary>Ends that, and gives what was noted.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuStreamEndCapture(CUstream hStream, ref CUgraph phGraph);
    }

    /// <summary>Graphs: work that was noted once and is launched often. The name is spelled as in ManagedCuda.</summary>
    public static partial class GraphManagment
    {
        /// <summary>Makes a graph ready to be launched; CUDA 11.4 and later.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuGraphInstantiateWithFlags(
            ref CUgraphExec phGraphExec, CUgraph hGraph, CUgraphInstantiate_flags flags);

        /// <summary>Puts its work into a stream.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuGraphLaunch(CUgraphExec hGraphExec, CUstream hStream);

        /// <summary>Ends a graph.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuGraphDestroy(CUgraph hGraph);

        /// <summary>Ends a graph that is ready to be launched.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuGraphExecDestroy(CUgraphExec hGraphExec);
    }

    /// <summary>Events.</summary>
    public static partial class Events
    {
        /// <summary>A new one.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuEventCreate(ref CUevent phEvent, CUEventFlags flags);

        /// <summary>Ends one.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuEventDestroy_v2(CUevent hEvent);

        /// <summary>Marks the end of a stream as it is now.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuEventRecord(CUevent hEvent, CUstream hStream);

        /// <summary>Success when the work before the mark is done, otherwise ErrorNotReady.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuEventQuery(CUevent hEvent);

        /// <summary>Waits for the mark.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuEventSynchronize(CUevent hEvent);

        /// <summary>Milliseconds between two marks.</summary>
        [LibraryImport(Driver)]
        public static partial CUResult cuEventElapsedTime(ref float pMilliseconds, CUevent hStart, CUevent hEnd);
    }
}
