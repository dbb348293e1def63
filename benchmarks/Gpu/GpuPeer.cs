using System.Diagnostics;
using MiniStack.Benchmarks.Peers;

namespace MiniStack.Benchmarks.Gpu;

/// <summary>A Python whose PyTorch computes on this GPU.</summary>
/// <param name="Python">The interpreter.</param>
/// <param name="Device">PyTorch's name of the device: with our emulator it can only be the CPU, which proves the protocol and nothing else.</param>
internal sealed record GpuPeer(string Python, string Device)
{
    /// <summary>The first that is found; null with the reason when there is none.</summary>
    public static GpuPeer? Find(bool emulated, out string described)
    {
        string device = emulated ? "cpu" : "cuda", probe = emulated ? "import torch" : "import torch; assert torch.cuda.is_available()";
        foreach (string python in (string[])["python3", "/usr/bin/python3"])
        {
            if (!Succeeds(python, "-c", probe)) continue;
            GpuPeer found = new(python, device);
            using Peer peer = found.Start("torch_ops.py");
            described = $"{peer.Hello.GetProperty("peer").GetString()} on {peer.Hello.GetProperty("device").GetString()}, TF32 off";
            return found;
        }
        described = emulated ? "none: python3 finds no PyTorch" : "none: python3 finds no PyTorch that can use CUDA, so there is nothing to compare with";
        return null;
    }

    /// <summary>Starts one of its scripts as a server.</summary>
    public Peer Start(string script, params string[] arguments) => new(Python, script, Environment.ProcessorCount, ["--device", Device, .. arguments]);

    private static bool Succeeds(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
