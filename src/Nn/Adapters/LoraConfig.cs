namespace MiniStack.Nn;

/// <summary>What a low-rank adapter is made of.</summary>
/// <param name="Rank">r: columns of the one factor and rows of the other.</param>
/// <param name="Alpha">α: the change is multiplied by α/r, so that another rank needs no other learning rate.</param>
/// <param name="Dropout">Probability on what goes into the adapter while training; embeddings have none.</param>
/// <param name="Targets">
/// Which <see cref="Linear"/> and <see cref="Embedding"/> layers are adapted: patterns of paths, with <c>*</c> for any text and <c>?</c>
/// for any character, such as <c>h.*.attn.*</c>; a path's last names do too, such as <c>c_attn</c>. Null for every Linear with a weight of
/// its own.
/// </param>
/// <param name="InFull">
/// Which layers learn as they are instead, each adapter with a copy of its own: patterns as of <paramref name="Targets"/>, such as
/// <c>ln_*</c> for norms, or a classifier's head. <see cref="Linear"/>, <see cref="Embedding"/>, <see cref="LayerNorm"/>,
/// <see cref="RmsNorm"/>, <see cref="GroupNorm"/> and <see cref="InstanceNorm"/> can; at least one layer must be left for factors. PEFT's
/// modules_to_save. Null for none.
/// </param>
/// <param name="RankStabilized">
/// Whether the change is multiplied by α/√r instead, with which large ranks learn more than small ones: Kalajdzievski 2023,
/// arXiv:2312.03732. PEFT's use_rslora.
/// </param>
public sealed record LoraConfig(
    int Rank = 8, double Alpha = 16, double Dropout = 0, IReadOnlyList<string>? Targets = null, IReadOnlyList<string>? InFull = null,
    bool RankStabilized = false)
{
    /// <summary>α/r, or α/√r.</summary>
    public double Scale => Alpha / (RankStabilized ? Math.Sqrt(Rank) : Rank);

    /// <exception cref="ConfigException">A number makes no adapter.</exception>
    internal void Check()
    {
        Require.AtLeast(1, Rank, "Lora", "the rank");
        Require.Positive(Alpha, "Lora", "alpha");
        if (!(Dropout >= 0 && Dropout < 1))
            throw new ConfigException(FormattableString.Invariant($"Lora: dropout must be at least 0 and below 1, not {Dropout}."));
        if (Targets is { Count: 0 })
            throw new ConfigException("Lora: the targets are empty. Name layers, or leave them null for every Linear.");
    }
}
