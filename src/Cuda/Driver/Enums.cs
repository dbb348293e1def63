namespace ManagedCuda.BasicTypes;

/// <summary>What the driver answers; numbers as in cuda.h, of which the others are passed on as they are.</summary>
public enum CUResult
{
    /// <summary>No error.</summary>
    Success = 0,

    /// <summary>An argument is out of its range.</summary>
    ErrorInvalidValue = 1,

    /// <summary>Not enough memory.</summary>
    ErrorOutOfMemory = 2,

    /// <summary>cuInit was not called, or failed.</summary>
    ErrorNotInitialized = 3,

    /// <summary>The driver is shutting down.</summary>
    ErrorDeinitialized = 4,

    /// <summary>The library is a stub without a driver behind it.</summary>
    ErrorStubLibrary = 34,

    /// <summary>The device is used by another process alone.</summary>
    ErrorDeviceUnavailable = 46,

    /// <summary>There is no device.</summary>
    ErrorNoDevice = 100,

    /// <summary>There is no device of this number.</summary>
    ErrorInvalidDevice = 101,

    /// <summary>The code is damaged.</summary>
    ErrorInvalidImage = 200,

    /// <summary>No context is current on this thread, or it is gone.</summary>
    ErrorInvalidContext = 201,

    /// <summary>The code holds nothing for this device.</summary>
    ErrorNoBinaryForGPU = 209,

    /// <summary>The PTX was refused.</summary>
    ErrorInvalidPtx = 218,

    /// <summary>The PTX is newer than the driver.</summary>
    ErrorUnsupportedPtxVersion = 222,

    /// <summary>The driver cannot compile PTX.</summary>
    ErrorJitCompilerNotFound = 221,

    /// <summary>A handle means nothing.</summary>
    ErrorInvalidHandle = 400,

    /// <summary>There is nothing of this name.</summary>
    ErrorNotFound = 500,

    /// <summary>The work is not done yet.</summary>
    ErrorNotReady = 600,

    /// <summary>A kernel read or wrote where it may not.</summary>
    ErrorIllegalAddress = 700,

    /// <summary>A launch asks for more threads, registers or shared memory than there are.</summary>
    ErrorLaunchOutOfResources = 701,

    /// <summary>A kernel ran longer than the system allows.</summary>
    ErrorLaunchTimeout = 702,

    /// <summary>A kernel used an address that is not a multiple of its size.</summary>
    ErrorMisalignedAddress = 716,

    /// <summary>A kernel failed.</summary>
    ErrorLaunchFailed = 719,

    /// <summary>The operation is not supported here.</summary>
    ErrorNotSupported = 801,

    /// <summary>Driver and library do not fit together.</summary>
    ErrorSystemDriverMismatch = 803,

    /// <summary>Not possible while a stream is captured.</summary>
    ErrorStreamCaptureUnsupported = 900,

    /// <summary>Something that is not possible was tried, and the capture is void.</summary>
    ErrorStreamCaptureInvalidated = 901,

    /// <summary>Something else.</summary>
    ErrorUnknown = 999,
}

/// <summary>For cuInit.</summary>
[Flags]
public enum CUInitializationFlags : uint
{
    /// <summary>There are no flags.</summary>
    None = 0,
}

/// <summary>Facts about a device; numbers as in cuda.h.</summary>
public enum CUDeviceAttribute
{
    /// <summary>Shared memory of a block, unless a kernel asks for more.</summary>
    MaxSharedMemoryPerBlock = 8,

    /// <summary>Highest clock in kHz.</summary>
    ClockRate = 13,

    /// <summary>Streaming multiprocessors.</summary>
    MultiProcessorCount = 16,

    /// <summary>The number before the point.</summary>
    ComputeCapabilityMajor = 75,

    /// <summary>The number behind the point.</summary>
    ComputeCapabilityMinor = 76,

    /// <summary>Shared memory that a kernel can ask for.</summary>
    MaxSharedMemoryPerBlockOptin = 97,
}

/// <summary>Facts about a kernel; numbers as in cuda.h.</summary>
public enum CUFunctionAttribute
{
    /// <summary>Threads of a block that this kernel allows.</summary>
    MaxThreadsPerBlock = 0,

    /// <summary>Bytes of shared memory that it declares.</summary>
    SharedSizeBytes = 1,

    /// <summary>Bytes of local memory of a thread: registers that did not fit.</summary>
    LocalSizeBytes = 3,

    /// <summary>Registers of a thread.</summary>
    NumRegs = 4,

    /// <summary>Bytes of shared memory that a launch may add.</summary>
    MaxDynamicSharedSizeBytes = 8,
}

/// <summary>How a stream behaves.</summary>
[Flags]
public enum CUStreamFlags : uint
{
    /// <summary>Waits for the null stream.</summary>
    None = 0,

    /// <summary>Does not wait for the null stream.</summary>
    NonBlocking = 1,
}

/// <summary>
/// What a program may ask of the driver while a stream is captured; calls that could disturb the capture are errors otherwise.
/// </summary>
public enum CUstreamCaptureMode
{
    /// <summary>No thread may disturb it.</summary>
    Global = 0,

    /// <summary>The thread that captures may not disturb it.</summary>
    ThreadLocal = 1,

    /// <summary>Everything is allowed.</summary>
    Relaxed = 2,
}

/// <summary>How a graph is made ready.</summary>
[Flags]
public enum CUgraphInstantiate_flags : ulong
{
    /// <summary>Nothing in particular.</summary>
    None = 0,

    /// <summary>Each launch frees what the one before allocated.</summary>
    AutoFreeOnLaunch = 1,
}

/// <summary>How an event behaves.</summary>
[Flags]
public enum CUEventFlags : uint
{
    /// <summary>Waits in a loop, and measures time.</summary>
    Default = 0,

    /// <summary>Waits asleep.</summary>
    BlockingSync = 1,

    /// <summary>Measures no time, and costs less.</summary>
    DisableTiming = 2,
}

/// <summary>How pinned memory behaves.</summary>
[Flags]
public enum CUMemHostAllocFlags : uint
{
    /// <summary>Pinned for the context that made it.</summary>
    None = 0,

    /// <summary>Pinned for every context.</summary>
    Portable = 1,

    /// <summary>In the address space of the device.</summary>
    DeviceMap = 2,

    /// <summary>Fast to write, slow to read.</summary>
    WriteCombined = 4,
}
