using System.Diagnostics;
using ManagedCuda;
using ManagedCuda.BasicTypes;
using MiniStack.Tests;

namespace MiniStack.Cuda.Tests;

/// <summary>A program in a process of its own, where the driver is another one.</summary>
internal static class OtherMachine
{
    public const string Command = "other-machine";

    /// <summary>Opens the device, fills 64 MB of it four times, and writes what went wrong.</summary>
    public static int Run()
    {
        try
        {
            CudaDevice gpu = CudaDevice.Open(int.Parse(Environment.GetEnvironmentVariable("ORDINAL") ?? "0", null));
            List<Tensor> tensors = [];
            for (int i = 0; i < 4; i++) tensors.Add(Tensor.Ones([16 << 20], device: gpu));
            if (Environment.GetEnvironmentVariable("MISTAKE") == "1") WriteNowhere();
            gpu.Synchronize();
            Console.WriteLine($"fine, {CudaDevice.Count}");
        }
        catch (Exception error) when (error is DeviceException or CudaException)
        {
            Console.WriteLine($"{error.GetType().Name}: {error.Message}");
        }
        return 0;
    }

    /// <summary>A kernel that writes where no memory is.</summary>
    private static void WriteNowhere()
    {
        PrimaryContext context = new(0);
        context.SetCurrent();
        CudaKernel fill = new("fill_f32", context.LoadModulePTX(DriverTests.Resource("copy.ptx")), context);
        fill.RunAsync(CUstream.NullStream, new CUdeviceptr(4096), Axes.Line(1, 1), 1.0, 1L);
        try
        {
            context.Synchronize();
        }
        catch (CudaException)
        {
            // What the device says from now on is what is of interest.
        }
    }

    /// <summary>What the program writes where these variables are set.</summary>
    public static string Says(params (string Name, string Value)[] variables)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        // The tests may run as an executable of their own or inside dotnet.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(Program).Assembly.Location);
        start.ArgumentList.Add(Command);
        start.Environment["MINISTACK_CUDA_DRIVER"] = Emulator.Library;
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text.TrimEnd();
    }
}
