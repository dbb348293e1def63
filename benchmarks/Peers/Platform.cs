namespace MiniStack.Benchmarks.Peers;

/// <summary>Names of what the comparison ran on.</summary>
internal static class Platform
{
    /// <summary>The processor's model, as the kernel calls it.</summary>
    public static string Processor => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ", 2)[^1] ?? "unknown"
        : "unknown";

    /// <summary>The library behind PyTorch's products: the file that Debian's alternatives choose.</summary>
    public static string Blas
    {
        get
        {
            const string Chosen = "/etc/alternatives/libblas.so.3-x86_64-linux-gnu";
            string? target = File.Exists(Chosen) ? File.ResolveLinkTarget(Chosen, returnFinalTarget: true)?.FullName : null;
            return target is null ? "unknown" : $"{Path.GetFileName(Path.GetDirectoryName(target))} {Path.GetFileName(target)}";
        }
    }
}
