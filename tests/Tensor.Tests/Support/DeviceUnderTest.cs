namespace MiniStack.Tests;

/// <summary>Whose operators the comparisons with the reference try. The tests of another device compile them with a class of their own.</summary>
internal static class DeviceUnderTest
{
    public static Device Device => Device.Cpu;

    /// <summary>Works on tensors in main memory, wherever it computes.</summary>
    public static Backend Backend { get; } = Device.Cpu.Backend;

    /// <summary>What every comparison of floats allows at least, beside the tolerance that its test states.</summary>
    public static double LeastTolerance(DType dtype) => 0;

    /// <summary>How many of the cases that a test wants are tried.</summary>
    public static int Cases(int wanted) => wanted;

    /// <summary>The largest angle whose sine and cosine it knows.</summary>
    public const double LargestAngle = double.PositiveInfinity;
}
