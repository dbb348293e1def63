using System.Reflection;

namespace MiniStack.Tests;

/// <summary>The CUDA driver that stands in for a GPU; tests/Cuda.Tests builds it.</summary>
internal static class Emulator
{
    public static string Root { get; } =
        typeof(Emulator).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    /// <summary>The variable of the environment that makes a program use it; skips the test where it was not built.</summary>
    public static string Variable
    {
        get
        {
            string library = Path.Combine(Root, "tests", "Cuda.Emulator", "bin", "libcuda.so.1");
            Assert.SkipUnless(File.Exists(library), "The CUDA emulator is not built: g++ and make are missing, or tests/Cuda.Tests was not built.");
            return $"MINISTACK_CUDA_DRIVER={library}";
        }
    }
}
