using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using MiniStack.Benchmarks.Peers;
using MiniStack.Cuda;

namespace MiniStack.Benchmarks.Gpu;

/// <summary>Lines while it runs, Markdown at the end.</summary>
internal sealed class GpuReport(CudaDevice gpu)
{
    private const double GiB = 1 << 30;
    private readonly StringBuilder _text = new();

    /// <summary>Whether tests/Cuda.Emulator plays the GPU.</summary>
    public bool Emulated { get; } = gpu.Model == "MiniStack emulator";

    /// <summary>Who takes part.</summary>
    public void Introduce(string peer)
    {
        CudaMachine machine = CudaMachine.Look();
        CudaGpu described = machine.Gpus[gpu.Ordinal];
        Add($"# MiniStack on a GPU\n");
        if (Emulated) Add($"**emulated: no figure here is a measurement of a GPU.** The report shows that the programs run, and its form.\n");
        Add($"| | |\n|---|---|");
        Add($"| GPU | {gpu.Model}, compute capability {gpu.ComputeCapability}, {described.Multiprocessors} multiprocessors of up to {described.Gigahertz:F2} GHz, {gpu.TotalBytes / GiB:F1} GiB |");
        Add($"| driver | {DriverRelease}CUDA {machine.DriverVersion} |");
        Add($"| processor | {Platform.Processor}, {Environment.ProcessorCount} cores |");
        Add($"| ours | MiniStack on .NET {Environment.Version}, {RuntimeInformation.OSDescription.Trim()} |");
        Add($"| peer | {peer} |");
        Add($"| date | {DateTime.UtcNow:yyyy-MM-dd} |\n");
        Add($"F32 on both sides, with TF32 off; same shapes, random operands, for a step the same weights and batch. After a warm-up, both sides in turns in one run;");
        Add($"the device is waited for before the clock is read. Times are of one call in microseconds, best and median; ratio = peer's best time / our best time.");
    }

    /// <summary>A table of times.</summary>
    public void Rows(string title, IEnumerable<GpuRow> rows)
    {
        Add($"\n## {title}\n");
        Add($"| operation | shape | ours, best | median | GFLOP/s | peer, best | median | GFLOP/s | ratio | of medians |");
        Add($"|---|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (GpuRow row in rows)
        {
            double ours = GpuRow.Best(row.Ours), peer = GpuRow.Best(row.Peer);
            string shape = row.Shape.Replace("x", "×", StringComparison.Ordinal);
            Add($"| {row.Op} | {shape} | {ours:F1} | {GpuRow.Median(row.Ours):F1} | {row.Rate(ours):F0} | {Cell(peer, "F1")} | {Cell(GpuRow.Median(row.Peer), "F1")} | {Cell(row.Rate(peer), "F0")} | {Cell(row.Ratio, "F2")} | {Cell(row.MedianRatio, "F2")} |");
        }
    }

    /// <summary>What the driver made of the PTX.</summary>
    public void Kernels(IEnumerable<GpuKernel> kernels)
    {
        Add($"\n## kernels\n\nWhat the driver made of the PTX, for one thread (registers, bytes that found none) and one block (bytes of shared memory):\n");
        Add($"| kernel | registers | spilled | shared |");
        Add($"|---|---:|---:|---:|");
        foreach (GpuKernel kernel in kernels) Add($"| {kernel.Name} | {kernel.Registers} | {kernel.Spilled} | {kernel.Shared} |");
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>The release as Linux' driver tells it, such as 550.54.15.</summary>
    private string DriverRelease
    {
        get
        {
            const string File = "/proc/driver/nvidia/version";
            if (Emulated || !System.IO.File.Exists(File)) return "";
            string? release = System.IO.File.ReadAllText(File).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(word => System.Version.TryParse(word, out _));
            return release is null ? "" : $"{release}, ";
        }
    }

    private static string Cell(double number, string format) => double.IsNaN(number) ? "-" : number.ToString(format, CultureInfo.InvariantCulture);

    private void Add(FormattableString line)
    {
        string text = line.ToString(CultureInfo.InvariantCulture);
        Console.WriteLine(text);
        _text.Append(text).Append('\n');
    }
}
