using System.Reflection;
using System.Runtime.InteropServices;

namespace MiniStack.Tests;

/// <summary>The driver that these tests run on: tests/Cuda.Emulator, built with this project; with MINISTACK_TEST_GPU=1 the machine's own.</summary>
internal static partial class Emulator
{
    private static readonly bool OnRealGpu = Environment.GetEnvironmentVariable("MINISTACK_TEST_GPU") == "1";
    private static readonly string[] Orders = ["forward", "reverse", "mixed"];
    private static int _turn;

    static Emulator()
    {
        if (OnRealGpu || !IsBuilt) return;
        Environment.SetEnvironmentVariable("MINISTACK_CUDA_DRIVER", Library);
        // As on a GPU, work is done later than it is asked for.
        Set("MINISTACK_EMULATOR_LAZY", "1");
    }

    public static string Library { get; } = Path.Combine(
        typeof(Emulator).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!,
        "tests", "Cuda.Emulator", "bin", "libcuda.so.1");

    private static bool IsBuilt => OperatingSystem.IsLinux() && File.Exists(Library);

    /// <summary>Skips the test where there is no driver to run it on.</summary>
    public static void SkipIfMissing() => Assert.SkipUnless(OnRealGpu || IsBuilt, "The CUDA emulator is not built: g++ and make are missing.");

    /// <summary>Skips the test on a real GPU, too.</summary>
    public static void SkipUnlessEmulated() => Assert.SkipUnless(!OnRealGpu && IsBuilt, "This test needs the CUDA emulator.");

    /// <summary>From now on, threads run in the next order: a kernel that lacks a barrier may be right in one of them.</summary>
    public static void TurnThreadOrder()
    {
        if (!OnRealGpu) Set("MINISTACK_EMULATOR_ORDER", Orders[_turn++ % Orders.Length]);
    }

    /// <summary>In the environment as the emulator sees it: .NET keeps a copy of its own.</summary>
    private static void Set(string name, string value) => _ = SetEnvironment(name, value, 1);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
