using MiniStack.Benchmarks.Peers;
using MiniStack.Cuda;

namespace MiniStack.Benchmarks.Gpu;

/// <summary>The training step of a GPT on the GPU: same weights and same batch on both sides, and the same first loss.</summary>
internal static class GpuStepSection
{
    public static IEnumerable<GpuRow> Run(CudaDevice gpu, GpuPeer? gpuPeer, double seconds, bool quick)
    {
        foreach (string shape in quick ? (string[])["tiny"] : ["nano", "baby"])
        {
            StepWork work = new(shape, gpu);
            using Peer? peer = gpuPeer is null ? null
                : StepSection.Load(work, shape, arguments => gpuPeer.Start("torch_gpt_step.py", arguments));
            Case step = new(() => { }, () =>
            {
                work.Step();
                gpu.Synchronize();
            }, () => { });
            Func<double, double[]>? theirs = peer is null ? null : slice => peer.Times(new { seconds = slice });
            // A training step is long: more time for as many calls.
            if (!quick) seconds = Math.Max(seconds, 5);
            Duel.Fight(step, theirs, seconds / 5);
            (double[] our, double[] their) = Duel.Fight(step, theirs, seconds);
            yield return new GpuRow("step", shape, work.Flops, our, their);
        }
    }
}
