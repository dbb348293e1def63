using ManagedCuda.BasicTypes;

namespace MiniStack.Cuda;

/// <summary>The driver refused something, or work that it had accepted failed.</summary>
public sealed class CudaDriverException : DeviceException
{
    internal CudaDriverException(CUResult result, string operation)
        : base($"CUDA: {operation} failed with {result} ({(int)result}){CudaErrors.Meaning(result)}") =>
        (Code, Operation) = ((int)result, operation);

    /// <summary>The driver's number, as in cuda.h.</summary>
    public int Code { get; }

    /// <summary>What failed, or during what an earlier failure showed.</summary>
    public string Operation { get; }
}

/// <summary>The device has not enough memory.</summary>
public sealed class CudaMemoryException : DeviceException
{
    internal CudaMemoryException(string message, long requestedBytes)
        : base(message) => RequestedBytes = requestedBytes;

    /// <summary>Bytes that could not be had.</summary>
    public long RequestedBytes { get; }
}

/// <summary>From the driver's answers to exceptions that say what to do.</summary>
internal static class CudaErrors
{
    /// <summary>Throws unless the driver did what it was asked.</summary>
    public static void Check(CUResult result, string operation)
    {
        if (result != CUResult.Success) throw new CudaDriverException(result, operation);
    }

    public static CudaMemoryException OutOfMemory(string device, long requested, long live, long cached, long free, long total) => new(
        $"{device} has no {Size(requested)} left: tensors hold {Size(live)}, {Size(cached)} wait in the pool, " +
        $"and {Size(free)} of {Size(total)} are free. " +
        "Make the batch, the context or the model smaller, or end other programs that use the device.", requested);

    private static string Size(long bytes) => bytes switch
    {
        < 1 << 20 => FormattableString.Invariant($"{bytes:N0} bytes"),
        < 1 << 30 => FormattableString.Invariant($"{bytes / (double)(1 << 20):N1} MiB"),
        _ => FormattableString.Invariant($"{bytes / (double)(1 << 30):N1} GiB"),
    };

    public static string Meaning(CUResult result) => result switch
    {
        CUResult.ErrorIllegalAddress or CUResult.ErrorMisalignedAddress or CUResult.ErrorLaunchFailed or CUResult.ErrorLaunchTimeout =>
            ": a kernel before it went wrong, and nothing on the device can be used any more. " +
            "This is a bug of MiniStack's; please report it with " +
            "the operators that came before.",
        CUResult.ErrorOutOfMemory => ": the device has too little free memory. End other programs that use it.",
        CUResult.ErrorDeviceUnavailable => ": another program uses the device alone. End it, or choose another device.",
        CUResult.ErrorInvalidPtx or CUResult.ErrorUnsupportedPtxVersion or CUResult.ErrorNoBinaryForGPU
            or CUResult.ErrorJitCompilerNotFound =>
            ": the driver cannot run these kernels. Update the NVIDIA driver.",
        CUResult.ErrorStubLibrary => ": the library is a stub of the SDK's. Install the NVIDIA driver itself.",
        _ => ".",
    };
}
