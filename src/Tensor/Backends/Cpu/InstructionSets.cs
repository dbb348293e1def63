using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MiniStack;

/// <summary>
/// Notices a program that was compiled for older processors than the one it runs on, and says so once: it would only be slow.
/// </summary>
internal static class InstructionSets
{
    private static int _said;

    /// <summary>Writes the <see cref="Warning"/> to the standard error output, the first time it is called.</summary>
    public static void Check()
    {
        if (Interlocked.Exchange(ref _said, 1) != 0) return;
        bool switchedOff = new[] { "DOTNET_EnableAVX2", "DOTNET_EnableAVX", "DOTNET_EnableFMA", "DOTNET_EnableHWIntrinsic" }
            .Any(name => Environment.GetEnvironmentVariable(name) == "0");
        if (Warning(Vector256.IsHardwareAccelerated, MachineHasAvx2(), switchedOff, RuntimeFeature.IsDynamicCodeCompiled) is { } warning)
            Console.Error.WriteLine(warning);
    }

    /// <summary>What is to be said; null for nothing.</summary>
    /// <param name="usesAvx2">Whether kernels run at 256 bits or more.</param>
    /// <param name="machineHasAvx2">Whether they could.</param>
    /// <param name="switchedOff">Whether somebody wants it so, by an environment variable of the runtime.</param>
    /// <param name="isJit">Whether the program is compiled as it runs.</param>
    public static string? Warning(bool usesAvx2, bool machineHasAvx2, bool switchedOff, bool isJit) =>
        usesAvx2 || !machineHasAvx2 || switchedOff ? null
        : "MiniStack: kernels run at 128 bits, several times slower than they could, because the program " + (isJit
            ? "runs with AVX2 switched off. Look for EnableAVX2 in its runtimeconfig.json."
            : "was compiled without AVX2, which this machine has. " +
              "Publish it with <IlcInstructionSet>x86-64-v3</IlcInstructionSet>, or native.");

    /// <summary>What the processor and the system say, whatever the program was compiled for.</summary>
    private static bool MachineHasAvx2()
    {
        if (!X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < 7) return false;
        // Leaf 1: the system saves the wide registers (OSXSAVE), AVX and FMA are there; leaf 7: AVX2.
        const int wanted = (1 << 27) | (1 << 28) | (1 << 12);
        return (X86Base.CpuId(1, 0).Ecx & wanted) == wanted && (X86Base.CpuId(7, 0).Ebx & (1 << 5)) != 0;
    }
}
