using MiniStack.Cuda;

namespace MiniStack.Tests;

/// <summary>The GPU whose kernels the comparisons with the reference try: the emulator, or with MINISTACK_TEST_GPU=1 a real one.</summary>
internal static class DeviceUnderTest
{
    private static readonly Lazy<CudaDevice> Opened = new(() =>
    {
        CudaDevice device = CudaDevice.Open(0);
        device.Strict = true;
        return device;
    });

    private static readonly Lazy<VisitingBackend> Visitor = new(() => new VisitingBackend(Device));

    /// <summary>Skips the test where there is none.</summary>
    public static CudaDevice Device
    {
        get
        {
            Emulator.SkipIfMissing();
            return Opened.Value;
        }
    }

    public static Backend Backend
    {
        get
        {
            Emulator.SkipIfMissing();
            return Visitor.Value;
        }
    }

    /// <summary>Kernels sum in another order than the CPU and have elementary functions of their own.</summary>
    public static double LeastTolerance(DType dtype) => dtype switch
    {
        DType.F32 => 1e-6,
        DType.F64 => 5e-13, // powers near the largest number: the logarithm's last bit counts 700 times
        _ => 0,
    };

    /// <summary>How many of the cases that a test wants are tried: the emulator takes a hundred times as long as the CPU; a soak run takes the time.</summary>
    public static int Cases(int wanted) => Environment.GetEnvironmentVariable("MINISTACK_SOAK") == "1" ? wanted : Math.Max(1, wanted / 4);

    /// <summary>The largest angle whose sine and cosine it knows.</summary>
    public const double LargestAngle = 1e9;
}
