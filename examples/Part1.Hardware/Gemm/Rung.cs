namespace MiniStack.Examples.Hardware;

/// <summary>c = a·b for square matrices of n rows, written row by row.</summary>
internal delegate void Product(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int n);

/// <summary>What the machine can do, measured in the same run: what predictions are made of.</summary>
/// <param name="Gigahertz">Cycles.</param>
/// <param name="GigaAdditions">Additions in a chain, where each waits for the one before.</param>
/// <param name="WriteL1">GB/s that one core can store.</param>
/// <param name="Peak">GFLOP/s of one core.</param>
/// <param name="PeakOfAll">GFLOP/s of all threads.</param>
/// <param name="Threads">How many those are.</param>
internal sealed record MachineFacts(double Gigahertz, double GigaAdditions, double WriteL1, double Peak, double PeakOfAll, int Threads)
{
    public static MachineFacts Measure(int threads, Caches caches)
    {
        double peak = FmaPeak.Gigaflops(1);
        return new MachineFacts(Clock.Gigahertz(), Clock.GigaAdditions(),
            Bandwidth.Gigabytes(BandwidthKind.Write, caches.L1 / 2, 1), peak, threads == 1 ? peak : FmaPeak.Gigaflops(threads), threads);
    }
}

/// <summary>One way to multiply matrices, and how fast it should be.</summary>
/// <param name="Name">As <c>--rung</c> takes it.</param>
/// <param name="Threads">How many it uses; 0 for all.</param>
/// <param name="Product">The way; null for the library's: tiles of 12 rows, panels of b packed side by side, threads when there are several.</param>
/// <param name="Why">What should limit it.</param>
/// <param name="Predict">GFLOP/s, from what the machine can do.</param>
internal sealed record Rung(string Name, int Threads, Product? Product, string Why, Func<MachineFacts, double> Predict)
{
    public static Rung[] All { get; } =
    [
        new("naive", 1, NaiveRung.Multiply, "each addition waits for the one before", facts => 2 * facts.GigaAdditions),
        new("order", 1, OrderRung.Multiply, "one store a cycle", facts => 2 * facts.Gigahertz),
        new("blocked", 1, BlockedRung.Multiply, "one store a cycle", facts => 2 * facts.Gigahertz),
        new("simd", 1, SimdRung.Multiply, "four bytes stored for each multiply-add", facts => Math.Min(2 * facts.WriteL1 / 4, facts.Peak)),
        new("registers", 1, RegistersRung.Multiply, "the multipliers", facts => facts.Peak),
        new("packed", 1, null, "the multipliers", facts => facts.Peak),
        new("threaded", 0, null, "the multipliers of all threads", facts => facts.PeakOfAll),
    ];

    /// <summary>a·b.</summary>
    public Tensor Multiply(Tensor a, Tensor b)
    {
        if (Product is null) return a.MatMul(b);
        Tensor c = Tensor.Empty(a.Shape);
        Product(a.AsSpan<float>(), b.AsSpan<float>(), c.AsSpan<float>(), a.Shape[0]);
        return c;
    }
}
