using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack.Cuda;

/// <summary>Finds the driver: the one library of NVIDIA's that is needed. It comes with the graphics driver, not with an SDK.</summary>
/// <remarks>
/// The environment variable MINISTACK_CUDA_DRIVER names another file, such as an emulator. Otherwise it is <c>libcuda.so.1</c> on Linux,
/// under the name that drivers install (<c>libcuda.so</c> comes with SDKs only), and <c>nvcuda.dll</c> on Windows.
/// </remarks>
internal static class DriverLibrary
{
    private const string Variable = "MINISTACK_CUDA_DRIVER";

    private static readonly Lazy<(nint Handle, string? File)> Loaded = new(Load);

    /// <summary>The names that are tried.</summary>
    public static string[] Names =>
        Chosen is { } file ? [file] : OperatingSystem.IsWindows() ? ["nvcuda.dll"] : ["libcuda.so.1", "libcuda.so"];

    /// <summary>The name that led to the driver; null when none did.</summary>
    public static string? File => Loaded.Value.File;

    /// <summary>Why there is no driver, as a sentence; null when there is one.</summary>
    public static string? Missing => File is not null ? null
        : Chosen is { } file ? $"{Variable} names {file}, which is no library that can be loaded."
        : "There is no NVIDIA driver on this machine (no libcuda.so.1 or nvcuda.dll). Install it, or compute on the CPU.";

    private static string? Chosen => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } file ? file : null;

    /// <summary>Runs before the first call into the driver, whoever makes it.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "A library that calls another one must say where it lies.")]
    internal static void Install()
    {
#if MANAGED_CUDA
        // ManagedCuda looks itself, but not for libcuda.so.1: what it does not find comes here.
        System.Runtime.Loader.AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => Resolve(name);
#else
        NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), (name, _, _) => Resolve(name));
#endif
    }

    private static nint Resolve(string name) => name is "nvcuda" or "libcuda" ? Loaded.Value.Handle : 0;

    private static (nint Handle, string? File) Load()
    {
        foreach (string name in Names)
            if (NativeLibrary.TryLoad(name, out nint handle)) return (handle, name);
        return (0, null);
    }
}
