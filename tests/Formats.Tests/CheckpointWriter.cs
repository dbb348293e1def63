namespace MiniStack.Formats.Tests;

/// <summary>Saves one checkpoint after the other, and says on standard output when each begins and when it is safe.</summary>
internal static class CheckpointWriter
{
    public const string Command = "write-checkpoints";

    /// <summary>Elements of each tensor: large enough that a kill finds a write half done.</summary>
    public const int Elements = 100_000;

    public static int Run(string path)
    {
        Tensor weights = Tensor.Empty([Elements]), moments = Tensor.Empty([Elements], DType.F64);
        for (int step = 1; ; step++)
        {
            weights.AsSpan<float>().Fill(step);
            moments.AsSpan<double>().Fill(-step);
            Console.WriteLine($"begin {step}");
            Safetensors.Save(
                path,
                new Dictionary<string, Tensor> { ["weights"] = weights, ["moments"] = moments },
                new Dictionary<string, string> { ["step"] = $"{step}" });
            Console.WriteLine($"safe {step}");
        }
    }
}
