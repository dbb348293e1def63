using System.CommandLine;
using MiniStack.Benchmarks.Peers;
using MiniStack.Cuda;
using MiniStack.Examples;
using Options = MiniStack.Examples.CommandLine;

namespace MiniStack.Benchmarks.Gpu;

/// <summary>A GPU's matrix products and training steps, beside PyTorch's where it is installed: what <c>./test-gpu.sh</c> calls.</summary>
internal static class GpuCommand
{
    private static readonly string[] Sections = ["matmul", "step", "kernels"];

    /// <returns>0, or 1 when something failed, or 2 when the user can mend it.</returns>
    public static int Run(string[] args) => ExitCode.Of(() =>
    {
        Option<string?> only = Options.Choice("--only", Sections, "Run one part");
        Option<bool> quick = new("--quick") { Description = "Tiny shapes, to see whether it runs" };
        Option<double?> seconds = Options.Number("--seconds", x => x is > 0 and <= 600, "above 0 and at most 600", "Time for each row and side (default: 1)");
        Option<string?> report = new("--report") { Description = "Write the report to this Markdown file", HelpName = "FILE" };
        RootCommand command = new("Measures matrix products and training steps on the first GPU, and beside PyTorch where python3 has it with CUDA.") { only, quick, seconds, report };
        ParseResult parsed = command.Parse(args);
        if (Options.Answered(parsed)) return ExitCode.Done;
        Options.Check(parsed);
        string[] sections = parsed.GetValue(only) is { } part ? [part] : Sections;
        return Measure(sections, parsed.GetValue(quick), parsed.GetValue(seconds) ?? 1, parsed.GetValue(report));
    });

    private static int Measure(string[] sections, bool quick, double seconds, string? file)
    {
        CudaDevice gpu = CudaDevice.Open(0);
        gpu.Strict = true;
        GpuReport report = new(gpu);
        if (file is not null) CheckFile(file, report.Emulated);
        try
        {
            GpuPeer? peer = GpuPeer.Find(report.Emulated, out string described);
            report.Introduce(described);
            quick |= report.Emulated; // it would take hours
            if (quick) seconds = Math.Min(seconds, 0.05);
            foreach (string section in sections)
            {
                switch (section)
                {
                    case "matmul": report.Rows(section, GpuMatMulSection.Run(gpu, peer, seconds, quick)); break;
                    case "step": report.Rows(section, GpuStepSection.Run(gpu, peer, seconds, quick)); break;
                    default: report.Kernels(GpuKernelSection.Run()); break;
                }
            }
            if (file is not null) File.WriteAllText(file, report.ToString());
            return ExitCode.Done;
        }
        catch (Exception error) when (error is PeerException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"error: {error.Message}");
            return ExitCode.Bug;
        }
    }

    /// <summary>Before anything is measured: the file must have a place, and figures of an emulator must not be taken for a GPU's.</summary>
    private static void CheckFile(string file, bool emulated)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder))
            throw new ConfigException($"--report {file}: there is no folder {folder}. Make it, or choose another file.");
        if (emulated && Path.GetFileName(file) == "RESULTS-GPU.md")
            throw new ConfigException($"--report {file}: this device is an emulator, and that file is for figures of a GPU. Choose another file.");
    }
}
