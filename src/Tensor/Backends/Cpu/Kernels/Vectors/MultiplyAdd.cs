using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MiniStack;

/// <summary>How a·b + c is rounded on this processor.</summary>
/// <remarks>
/// <c>FusedMultiplyAdd</c> promises one rounding everywhere, and calls a function for each element to keep the promise where the processor
/// has no such instruction: 40 ns instead of 1. Kernels use <c>MultiplyAddEstimate</c>, which is the instruction where there is one, and
/// otherwise a product and a sum; a test sees to it.
/// </remarks>
internal static class MultiplyAdd
{
    /// <summary>Whether the processor multiplies and adds in one instruction, which rounds once.</summary>
    public static bool IsFused
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Fma.IsSupported || AdvSimd.IsSupported;
    }
}
