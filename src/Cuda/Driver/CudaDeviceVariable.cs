using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ManagedCuda.BasicTypes;
using static ManagedCuda.DriverAPINativeMethods;

namespace ManagedCuda;

/// <summary>An array in device memory.</summary>
/// <remarks>Dispose it: the garbage collector frees no device memory.</remarks>
public class CudaDeviceVariable<T> : IDisposable where T : unmanaged
{
    private readonly bool _isOwner;
    private CUdeviceptr _pointer;

    /// <summary>A new array of the calling thread's context, with undefined content.</summary>
    /// <param name="size">Its elements.</param>
    /// <exception cref="CudaException">There is not enough memory.</exception>
    public CudaDeviceVariable(SizeT size)
    {
        (Size, _isOwner) = (size, true);
        CudaException.ThrowIfError(MemoryManagement.cuMemAlloc_v2(ref _pointer, SizeInBytes));
    }

    /// <summary>An array over memory that exists.</summary>
    /// <param name="devPtr">Its first element.</param>
    /// <param name="isOwner">Whether Dispose frees it.</param>
    /// <param name="size">Bytes.</param>
    public CudaDeviceVariable(CUdeviceptr devPtr, bool isOwner, SizeT size) =>
        (_pointer, _isOwner, Size) = (devPtr, isOwner, (ulong)size / (ulong)Unsafe.SizeOf<T>());

    /// <summary>Its first element.</summary>
    public CUdeviceptr DevicePointer => _pointer;

    /// <summary>Elements.</summary>
    public SizeT Size { get; }

    /// <summary>Bytes.</summary>
    public SizeT SizeInBytes => Size * Unsafe.SizeOf<T>();

    /// <summary>Copies an array of the same length to the device.</summary>
    public void CopyToDevice(T[] source)
    {
        GCHandle pinned = GCHandle.Alloc(source, GCHandleType.Pinned);
        try
        {
            CopyToDevice(pinned.AddrOfPinnedObject(), 0, 0, SizeInBytes);
        }
        finally
        {
            pinned.Free();
        }
    }

    /// <summary>Copies <paramref name="sizeInBytes"/> bytes to the device, from and to the given bytes on.</summary>
    public void CopyToDevice(IntPtr source, SizeT offsetSrc, SizeT offsetDest, SizeT sizeInBytes) => CudaException.ThrowIfError(
        SynchronousMemcpy_v2.cuMemcpyHtoD_v2(_pointer + offsetDest, source + (nint)(long)offsetSrc, sizeInBytes));

    /// <summary>Copies the elements to an array of the same length.</summary>
    public void CopyToHost(T[] dest)
    {
        GCHandle pinned = GCHandle.Alloc(dest, GCHandleType.Pinned);
        try
        {
            CopyToHost(pinned.AddrOfPinnedObject(), 0, 0, SizeInBytes);
        }
        finally
        {
            pinned.Free();
        }
    }

    /// <summary>Copies <paramref name="sizeInBytes"/> bytes from the device, from and to the given bytes on.</summary>
    public void CopyToHost(IntPtr dest, SizeT offsetSrc, SizeT offsetDest, SizeT sizeInBytes) => CudaException.ThrowIfError(
        SynchronousMemcpy_v2.cuMemcpyDtoH_v2(dest + (nint)(long)offsetDest, _pointer + offsetSrc, sizeInBytes));

    /// <summary>All groups of four bytes = value.</summary>
    public void Memset(uint value)
    {
        CudaException.ThrowIfError(MemsetAsync.cuMemsetD32Async(_pointer, value, (ulong)SizeInBytes / sizeof(uint), CUstream.NullStream));
        CudaException.ThrowIfError(Streams.cuStreamSynchronize(CUstream.NullStream));
    }

    /// <summary>Frees the memory that this array made.</summary>
    public void Dispose()
    {
        if (_isOwner && _pointer.Pointer != (SizeT)0) MemoryManagement.cuMemFree_v2(_pointer);
        _pointer = default;
        GC.SuppressFinalize(this);
    }
}
