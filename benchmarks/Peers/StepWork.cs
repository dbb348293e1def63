using System.Diagnostics;
using System.Text.Json;
using MiniStack.Formats;
using MiniStack.Models;
using MiniStack.Nn;
using MiniStack.Optim;

namespace MiniStack.Benchmarks.Peers;

/// <summary>The training step of a small GPT: forward, backward, clipping, AdamW; the sizes are those of <c>peers/torch_gpt_step.py</c>.</summary>
internal sealed class StepWork
{
    private readonly Gpt _model;
    private readonly AdamW _optimizer;
    private readonly Tensor _ids, _targets;

    public StepWork(string shape, Device? device = null)
    {
        (GptConfig config, int batch) = shape switch
        {
            "tiny" => (new GptConfig(65, Context: 16, Layers: 1, Heads: 2, Channels: 32), 2), // too small to time: shows that all works
            "nano" => (GptConfig.Nano(65), 12),
            "baby" => (GptConfig.Baby(65), 16),
            _ => throw new PeerException($"There is no step of shape '{shape}': nano, baby and tiny are."),
        };
        var rng = new Rng(1337);
        _model = new Gpt(config, rng).To(device ?? Device.Cpu);
        _optimizer = new AdamW(_model.Parameters(), 1e-3, 0.9, 0.99, weightDecay: 0.1);
        _ids = Tokens(batch, config, rng).To(device ?? Device.Cpu);
        _targets = Tokens(batch, config, rng).To(device ?? Device.Cpu);
    }

    public long Parameters => _model.ParameterCount;

    public int Layers => _model.Config.Layers;

    public long Tokens() => _ids.Count;

    /// <summary>
    /// Operations of the products: 6 per weight and token (2 forward, 4 backward), and 12 per layer, token, position and
    /// channel for attention, of which the causal half is needed. Kaplan et al. 2020, arXiv:2001.08361, table 1.
    /// </summary>
    public double Flops
    {
        get
        {
            GptConfig c = _model.Config;
            double weights = c.Layers * 12.0 * c.Channels * c.Channels + (double)c.VocabularySize * c.Channels;
            return Tokens() * (6 * weights + 12.0 / 2 * c.Layers * c.Context * c.Channels);
        }
    }

    /// <summary>One step; the loss before the update.</summary>
    public double Step()
    {
        using Tape tape = Tape.Begin();
        Variable loss = _model.Forward(_ids).CrossEntropy(_targets);
        tape.Backward(loss);
        _optimizer.ClipGradNorm(1);
        _optimizer.Step(1e-3);
        return loss.Item(); // waits for a GPU, as the peer does, once at the end
    }

    /// <summary>Writes start values and batch for the peer.</summary>
    public void Save(string path) => Safetensors.Save(path,
    [
        .. _model.StateDict(),
        new("ids", _ids),
        new("targets", _targets),
    ]);

    /// <summary>In a process of its own: takes steps and prints what they cost in memory.</summary>
    public static void PrintMemory(string shape, int threads)
    {
        const int WarmUp = 5;
        int steps = shape == "nano" ? 200 : 20;
        CpuThreads.Count = threads;
        var work = new StepWork(shape);
        for (int step = 0; step < WarmUp; step++) work.Step();
        int collections = GC.CollectionCount(2);
        long allocated = GC.GetTotalAllocatedBytes(precise: true), fresh = CpuMemory.FreshBlocks;
        for (int step = 0; step < steps; step++) work.Step();
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(JsonSerializer.Serialize(new StepMemory(
            process.PeakWorkingSet64, steps, GC.CollectionCount(2) - collections,
            (double)(GC.GetTotalAllocatedBytes(precise: true) - allocated) / steps / work.Layers, CpuMemory.FreshBlocks - fresh)));
    }

    private static Tensor Tokens(int batch, GptConfig config, Rng rng) => Tensor.CopyOf(
        Enumerable.Range(0, batch * config.Context).Select(_ => (long)(rng.NextDouble() * config.VocabularySize)).ToArray(),
        [batch, config.Context]);
}

/// <summary>What steps cost in memory.</summary>
/// <param name="PeakBytes">Peak working set of the process.</param>
/// <param name="Steps">Steps that were counted, after a few that were not.</param>
/// <param name="Gen2">Collections of the oldest generation in them.</param>
/// <param name="ManagedBytesPerLayer">Managed bytes allocated per layer and step.</param>
/// <param name="FreshBlocks">Blocks that the pool did not have.</param>
internal sealed record StepMemory(long PeakBytes, int Steps, int Gen2, double ManagedBytesPerLayer, long FreshBlocks);
