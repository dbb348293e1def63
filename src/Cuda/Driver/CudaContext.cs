using System.Text;
using ManagedCuda.BasicTypes;
using static ManagedCuda.DriverAPINativeMethods;

namespace ManagedCuda;

/// <summary>An answer of the driver that is not <see cref="CUResult.Success"/>.</summary>
/// <param name="error">The answer.</param>
public class CudaException(CUResult error) : Exception($"The CUDA driver answered {error} ({(int)error}).")
{
    /// <summary>The answer.</summary>
    public CUResult CudaError { get; } = error;

    internal static void ThrowIfError(CUResult result)
    {
        if (result != CUResult.Success) throw new CudaException(result);
    }
}

/// <summary>What a process has on a device: memory, code, streams.</summary>
public class CudaContext : IDisposable
{
    private readonly CUdevice _device;
    private readonly CUcontext _context;
    private bool _disposed;

    private protected CudaContext(CUdevice device, CUcontext context) => (_device, _context) = (device, context);

    /// <summary>The driver's handle.</summary>
    public CUcontext Context => _context;

    /// <summary>The device.</summary>
    public CUdevice Device => _device;

    /// <summary>The newest CUDA that the driver knows.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public static Version GetDriverVersion()
    {
        int version = 0;
        CudaException.ThrowIfError(cuDriverGetVersion(ref version));
        return new Version(version / 1000, version % 1000 / 10);
    }

    /// <summary>How many devices there are.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public static int GetDeviceCount()
    {
        int count = 0;
        CudaException.ThrowIfError(cuInit(CUInitializationFlags.None));
        CudaException.ThrowIfError(DeviceManagement.cuDeviceGetCount(ref count));
        return count;
    }

    /// <summary>Makes this the context of the calling thread.</summary>
    public void SetCurrent() => CudaException.ThrowIfError(ContextManagement.cuCtxSetCurrent(_context));

    /// <summary>Waits until all work of the calling thread's context is done.</summary>
    public void Synchronize() => CudaException.ThrowIfError(ContextManagement.cuCtxSynchronize());

    /// <summary>The device's name.</summary>
    public string GetDeviceName()
    {
        byte[] name = new byte[256];
        CudaException.ThrowIfError(DeviceManagement.cuDeviceGetName(name, name.Length, _device));
        return Encoding.UTF8.GetString(name).TrimEnd('\0');
    }

    /// <summary>The device's generation, such as 9.0.</summary>
    public Version GetDeviceComputeCapability() =>
        new(Attribute(CUDeviceAttribute.ComputeCapabilityMajor), Attribute(CUDeviceAttribute.ComputeCapabilityMinor));

    /// <summary>All memory of the device in bytes.</summary>
    public SizeT GetTotalDeviceMemorySize()
    {
        SizeT total = 0;
        CudaException.ThrowIfError(DeviceManagement.cuDeviceTotalMem_v2(ref total, _device));
        return total;
    }

    /// <summary>Memory that no process uses, in bytes; of the calling thread's context.</summary>
    public SizeT GetFreeDeviceMemorySize()
    {
        SizeT free = 0, total = 0;
        CudaException.ThrowIfError(MemoryManagement.cuMemGetInfo_v2(ref free, ref total));
        return free;
    }

    /// <summary>Compiles and loads PTX into the calling thread's context.</summary>
    /// <param name="moduleImage">The text, with or without a 0 at its end.</param>
    public CUmodule LoadModulePTX(byte[] moduleImage)
    {
        CUmodule module = default;
        byte[] image = moduleImage is [.., 0] ? moduleImage : [.. moduleImage, 0];
        CudaException.ThrowIfError(ModuleManagement.cuModuleLoadData(ref module, image));
        return module;
    }

    /// <summary>Lets go of the context.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        ContextManagement.cuDevicePrimaryCtxRelease(_device);
        GC.SuppressFinalize(this);
    }

    private int Attribute(CUDeviceAttribute attribute)
    {
        int value = 0;
        CudaException.ThrowIfError(DeviceManagement.cuDeviceGetAttribute(ref value, attribute, _device));
        return value;
    }
}

/// <summary>The context of a device that all libraries of a process share. It does not make itself current.</summary>
public sealed class PrimaryContext : CudaContext
{
    /// <summary>Takes part in the context of a device.</summary>
    /// <param name="deviceId">Its number, from 0.</param>
    /// <exception cref="CudaException">There is no such device, or the driver refuses.</exception>
    public PrimaryContext(int deviceId)
        : this(Retain(deviceId))
    {
    }

    private PrimaryContext((CUdevice Device, CUcontext Context) retained)
        : base(retained.Device, retained.Context)
    {
    }

    private static (CUdevice Device, CUcontext Context) Retain(int deviceId)
    {
        CUdevice device = default;
        CUcontext context = default;
        CudaException.ThrowIfError(cuInit(CUInitializationFlags.None));
        CudaException.ThrowIfError(DeviceManagement.cuDeviceGet(ref device, deviceId));
        CudaException.ThrowIfError(ContextManagement.cuDevicePrimaryCtxRetain(ref context, device));
        return (device, context);
    }
}
