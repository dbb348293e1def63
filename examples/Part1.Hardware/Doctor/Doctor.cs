using System.CommandLine;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MiniStack.Cuda;

namespace MiniStack.Examples.Hardware;

/// <summary>The command doctor: what this machine has to compute with, whether a GPU can be used, and what to do if not.</summary>
internal static class Doctor
{
    /// <summary>The exit code where no GPU can be used. That is no mistake of the user's: everything runs on the CPU.</summary>
    public const int NoGpu = 1;

    private const double GiB = 1 << 30;

    public static Command Command()
    {
        Command command = new("doctor", "Says what this machine has for the CPU's and the GPU's kernels, and whether --device cuda will work (exit code 0) or not (1).");
        command.SetAction(_ => Run());
        return command;
    }

    private static int Run()
    {
        Report.Line($"CPU: {Environment.ProcessorCount} cores, {VectorBits}-bit vectors, {RuntimeInformation.ProcessArchitecture}; {CpuThreads.Count} threads compute");
        Report.Line($".NET: {Environment.Version} on {RuntimeInformation.OSDescription.Trim()}");
        CudaMachine machine = CudaMachine.Look();
        Report.Line($"driver: {Driver(machine)}");
        if (machine.DriverVersion is { } version)
            Report.Line($"CUDA: {version}, {(version >= CudaMachine.LeastDriver ? "new enough" : "too old")}: the kernels need {CudaMachine.LeastDriver} or newer");
        foreach (CudaGpu gpu in machine.Gpus) Describe(gpu);
        string? problem = machine.Problem ?? machine.Gpus[0].Problem ?? FirstSum();
        if (problem is not null)
        {
            Report.Line($"missing: {problem}");
            foreach (string remedy in Remedies(machine)) Report.Line($"  {remedy}");
        }
        Report.Line(problem is null
            ? (FormattableString)$"--device cuda will work, on {machine.Gpus[0].Model}."
            : $"--device cuda will not work here; --device cpu does.");
        return problem is null ? ExitCode.Done : NoGpu;
    }

    private static int VectorBits => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector<byte>.Count * 8;

    private static string Driver(CudaMachine machine) =>
        machine.DriverFile is { } file ? $"found, {file}" : $"not found; tried {string.Join(", ", CudaMachine.DriverFiles)}";

    private static void Describe(CudaGpu gpu)
    {
        string fit = gpu.ComputeCapability >= CudaMachine.LeastCapability ? "enough" : "too low";
        string free = gpu.FreeBytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $", {bytes / GiB:F1} free") : "";
        string clock = gpu.Gigahertz > 0 ? string.Create(CultureInfo.InvariantCulture, $" of up to {gpu.Gigahertz:F2} GHz") : "";
        Report.Line($"GPU {gpu.Ordinal}: {gpu.Model}");
        Report.Line($"  compute capability {gpu.ComputeCapability}, {fit}: the kernels need {CudaMachine.LeastCapability} or higher");
        Report.Line($"  {gpu.TotalBytes / GiB:F1} GiB of memory{free}; {gpu.Multiprocessors} multiprocessors{clock}");
        if (gpu.Problem is { } problem && gpu.Ordinal > 0) Report.Line($"  cannot be used: {problem}");
    }

    /// <summary>What only a computation can tell: that the driver compiles the kernels, and that there is memory.</summary>
    private static string? FirstSum()
    {
        try
        {
            using MemoryScope scope = MemoryScope.Begin();
            Tensor x = Tensor.Arange(1 << 18).To(CudaDevice.Open(0));
            double sum = (x + x).Sum().Item(), expected = (1L << 18) * ((1L << 18) - 1.0);
            return Math.Abs(sum - expected) <= 1e-5 * expected ? null
                : FormattableString.Invariant($"The GPU computes a wrong sum, {sum} instead of {expected}. Please report it with all of the above.");
        }
        catch (DeviceException problem)
        {
            return problem.Message;
        }
    }

    private static IEnumerable<string> Remedies(CudaMachine machine)
    {
        if (Environment.GetEnvironmentVariable("MINISTACK_CUDA_DRIVER") is { Length: > 0 })
            yield return "MINISTACK_CUDA_DRIVER is set, so no other driver is looked for. Without it, the machine's own is used.";
        if (machine.DriverFile is null || machine.DriverVersion < CudaMachine.LeastDriver)
        {
            yield return "The driver is all that is needed; no CUDA SDK. With an NVIDIA GPU in this machine:";
            yield return "Linux: install the distribution's driver package (Debian: nvidia-driver; Ubuntu: sudo ubuntu-drivers install) and restart;";
            yield return "  in a container, start it with --gpus all. Then `nvidia-smi` must list the GPU.";
            yield return "Windows: install the driver from nvidia.com/drivers. `nvidia-smi` must list the GPU.";
            yield return "WSL: install the driver in Windows, never inside WSL, and run `wsl --update`; libcuda.so.1 then lies in /usr/lib/wsl/lib.";
        }
        else if (machine.Gpus.Count == 0)
        {
            yield return "`nvidia-smi` must list the GPU. If it does not, the driver and the system's kernel do not fit together: restart, or install the driver again.";
            yield return "If it does, CUDA_VISIBLE_DEVICES may hide it, or the container was started without --gpus all.";
        }
        else
        {
            yield return "`nvidia-smi` lists who uses the GPU and its memory. CUDA_VISIBLE_DEVICES chooses and orders GPUs; the first one is used.";
        }
    }
}
