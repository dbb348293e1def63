using MiniStack.Cuda;
using MiniStack.Models;

namespace MiniStack.Examples.Training;

/// <summary>Says before training starts what a model will need, instead of letting the machine run out.</summary>
internal static class MemoryEstimate
{
    /// <exception cref="ConfigException">The machine, or its GPU, has less memory than the model needs.</exception>
    public static void Check(GptConfig sizes, int batch, Device device)
    {
        double tokens = (double)batch * sizes.Context;
        // Weights, gradients, two moments; for each token and layer about 30 vectors of width C forward and as many again
        // as gradients in flight, four score rows a head; the logits and their gradient.
        double bytes = 4.0 * (4.0 * sizes.ParameterCount
            + tokens * sizes.Layers * (36.0 * sizes.Channels + 4.0 * sizes.Heads * sizes.Context)
            + tokens * 3.0 * sizes.VocabularySize);
        double available = device is CudaDevice gpu ? gpu.FreeBytes : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        string where = device is CudaDevice ? $"{device} has {available / (1 << 30):F1} GiB free" : $"the machine has {available / (1 << 30):F1} GiB";
        if (bytes <= available) return;
        throw new ConfigException(
            $"This model and batch need about {bytes / (1 << 30):F1} GiB of memory, but {where}. " +
            "Lower --batch, --context, --channels or --layers.");
    }
}
