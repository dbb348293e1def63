using MiniStack.Models;

namespace MiniStack.Examples.Models;

/// <summary>A model that others have published.</summary>
internal sealed record Known(string Name, GptConfig Sizes)
{
    // GPT-2's four sizes: Radford et al. 2019, table 2; with the 64 channels a head of the released checkpoints.
    public static IReadOnlyList<Known> All { get; } =
    [
        new("nanoGPT, CPU", GptConfig.Nano(65)),
        new("nanoGPT, small GPU", GptConfig.Baby(65)),
        new("GPT-2", Gpt2(12, 768)), new("GPT-2 medium", Gpt2(24, 1024)), new("GPT-2 large", Gpt2(36, 1280)), new("GPT-2 XL", Gpt2(48, 1600)),
    ];

    private static GptConfig Gpt2(int layers, int channels) => new(50257, Context: 1024, layers, channels / 64, channels, Bias: true);
}
