namespace MiniStack.Examples.Models;

/// <summary>A model of GPT-2's blocks of which single ideas are exchanged for those of Llama. Even the baseline has no biases, so that another norm or network
/// changes nothing beside itself, and its starts do not shrink with depth as GPT-2's do.</summary>
/// <param name="Rotary">Positions as angles of queries and keys, instead of a table that is added.</param>
/// <param name="RmsNorm">Norms without a mean, instead of layer norms.</param>
/// <param name="SwiGlu">A gated network of 8/3 the width, instead of GELU at 4 times.</param>
/// <param name="KeyHeads">Heads of keys and values, of 4.</param>
/// <param name="Experts">Networks a token can be sent to; each token goes to two of them. 1 for a plain network.</param>
internal sealed record AblatedConfig(bool Rotary = false, bool RmsNorm = false, bool SwiGlu = false, int KeyHeads = 4, int Experts = 1)
{
    public const int Layers = 2, Heads = 4, Channels = 48;

    /// <summary>The baseline, one change a row, and all but the experts at once.</summary>
    public static IReadOnlyList<(string Name, AblatedConfig Config)> Rows { get; } =
    [
        ("baseline", new()),
        ("+ RoPE", new(Rotary: true)),
        ("+ RMSNorm", new(RmsNorm: true)),
        ("+ SwiGLU", new(SwiGlu: true)),
        ("+ GQA, 2 key heads", new(KeyHeads: 2)),
        ("+ MoE, 2 of 4", new(Experts: 4)),
        ("Llama: the first four", new(true, true, true, KeyHeads: 2)),
    ];
}
