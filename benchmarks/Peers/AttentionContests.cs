namespace MiniStack.Benchmarks.Peers;

/// <summary>Causal attention, forward and backward, of 8 heads of 64, against the composition of operators.</summary>
internal static class AttentionContests
{
    private const int Heads = 8, Size = 64;

    /// <summary>The peer's composition holds five matrices of context × context per head: beyond this it would need tens of GB.</summary>
    private const int LongestPeer = 4096;

    public static int[] Contexts { get; } = [256, 512, 1024, 2048, 4096, 8192];

    public static IEnumerable<Contest> All() => Contexts.Where(context => context <= LongestPeer).Select(context => new Contest(
        "attention", $"{Heads}x{context}x{Size}", () => Make(context), Limit.Flops(Flops(context)), new Asked(context >= 1024 ? 1.5 : null)));

    /// <summary>Memory of one call beyond its inputs, in bytes, and its best time, at each context.</summary>
    public static IEnumerable<(int Context, long Bytes, double Us)> Memory(int threads)
    {
        foreach (int context in Contexts)
        {
            using MemoryScope operands = MemoryScope.Begin();
            Case work = Make(context);
            CpuMemory.Trim();
            work.Work();
            long bytes = CpuMemory.FreeBytes; // all that the call rented is back
            double[] times = Duel.Fight(work, peer: null, seconds: 0.5).Ours;
            yield return (context, bytes, times[0]);
        }
    }

    /// <summary>Two products forward, five backward (one of them recomputed), half of each causal.</summary>
    private static double Flops(int context) => 7 * 2.0 * Heads * context * context * Size / 2;

    private static Case Make(int context)
    {
        var rng = new Rng(7);
        Tensor[] qkv = [.. Enumerable.Range(0, 3).Select(_ => Tensor.Normal([1, Heads, context, Size], rng))];
        Tensor dy = Tensor.Normal([1, Heads, context, Size], rng);
        return Case.Both(() => Variable.Attention(Case.Input(qkv[0]), Case.Input(qkv[1]), Case.Input(qkv[2]), causal: true), dy);
    }
}
