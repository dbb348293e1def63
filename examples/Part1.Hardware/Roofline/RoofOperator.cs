using System.Diagnostics;

namespace MiniStack.Examples.Hardware;

/// <summary>An operator at a size.</summary>
/// <param name="Name">As the profiler calls it.</param>
/// <param name="Size">Of its input.</param>
/// <param name="Prepare">Makes the inputs and returns the call.</param>
/// <param name="Moves">How it moves most of its bytes, which decides the bandwidth of its roof.</param>
internal sealed record RoofOperator(string Name, string Size, Func<Action> Prepare, BandwidthKind Moves = BandwidthKind.Copy)
{
    /// <summary>Small ones, whose numbers fit into a cache, and large ones, whose numbers come from memory.</summary>
    public static RoofOperator[] All(bool quick)
    {
        int many = quick ? 8 << 20 : 16 << 20, few = 32 << 10, wide = quick ? 4096 : 8192, cube = quick ? 512 : 1024;
        return
        [
            new("Copy", Text(many), () => { Tensor x = Numbers(many); return () => x.Clone(); }),
            new("Embedding", "8192 of (32768, 512)", () => { Tensor x = Numbers(32768, 512), rows = Indices(8192, 32768); return () => x.Embedding(rows); }),
            new("Sum", Text(many), () => { Tensor x = Numbers(many); return () => x.Sum(); }, BandwidthKind.Read),
            new("Add", Text(many), () => { Tensor x = Numbers(many), y = Numbers(many); return () => _ = x + y; }),
            new("Add", Text(few), () => { Tensor x = Numbers(few), y = Numbers(few); return () => _ = x + y; }),
            new("Exp", Text(many), () => { Tensor x = Numbers(many); return () => x.Exp(); }),
            new("Exp", Text(few), () => { Tensor x = Numbers(few); return () => x.Exp(); }),
            new("Gelu", Text(many), () => { Tensor x = Numbers(many); return () => x.Gelu(); }),
            new("Gelu", Text(few), () => { Tensor x = Numbers(few); return () => x.Gelu(); }),
            new("Softmax", Text(many / 1024, 1024), () => { Tensor x = Numbers(many / 1024, 1024); return () => x.Softmax(); }),
            new("Softmax", Text(32, 1024), () => { Tensor x = Numbers(32, 1024); return () => x.Softmax(); }),
            new("LayerNorm", Text(many / 1024, 1024), () => { Tensor x = Numbers(many / 1024, 1024), w = Numbers(1024); return () => x.LayerNorm(w, w); }),
            new("LayerNorm", Text(32, 1024), () => { Tensor x = Numbers(32, 1024), w = Numbers(1024); return () => x.LayerNorm(w, w); }),
            new("AdamW", Text(many), () => AdamW(many), BandwidthKind.Update),
            new("MatMul", $"matrix {Text(wide, 2048)}·vector", () => { Tensor x = Numbers(wide, 2048), y = Numbers(2048, 1); return () => x.MatMul(y); }, BandwidthKind.Read),
            new("MatMul", "64³", () => { Tensor x = Numbers(64, 64), y = Numbers(64, 64); return () => x.MatMul(y); }, BandwidthKind.Read),
            new("MatMul", "256³", () => { Tensor x = Numbers(256, 256), y = Numbers(256, 256); return () => x.MatMul(y); }, BandwidthKind.Read),
            new("MatMul", $"{cube}³", () => { Tensor x = Numbers(cube, cube), y = Numbers(cube, cube); return () => x.MatMul(y); }, BandwidthKind.Read),
        ];
    }

    /// <summary>The fastest of some sessions of the profiler, each a millisecond of calls or one.</summary>
    public OperatorProfile Measure(double seconds)
    {
        using MemoryScope inputs = MemoryScope.Begin();
        Action call = Prepare();
        OperatorProfile best = Session(call, 1);
        long start = Stopwatch.GetTimestamp();
        for (int sessions = 0; sessions < 3 || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds; sessions++)
        {
            // One call after the other, as in a model: the threads that help are then awake.
            OperatorProfile one = Session(call, (int)Math.Clamp(best.Calls * 0.001 / best.Time.TotalSeconds, 1, 1000));
            if (one.Time / one.Calls < best.Time / best.Calls) best = one;
        }
        return best;
    }

    private OperatorProfile Session(Action call, int calls)
    {
        using Profiler profiler = Profiler.Begin();
        for (int i = 0; i < calls; i++)
        {
            using MemoryScope scope = MemoryScope.Begin();
            call();
        }
        return profiler.Operators.Single(one => one.Name == Name);
    }

    private static Action AdamW(int count)
    {
        Tensor parameter = Numbers(count), gradient = Numbers(count), m = Tensor.Zeros([count]), v = Tensor.Zeros([count]);
        AdamWStep step = new(1e-3, 0.9, 0.99, 1e-8, 0.1, 1, 1);
        return () => Fused.AdamW(parameter, gradient, m, v, step);
    }

    private static Tensor Numbers(params int[] shape) => Tensor.Uniform(shape, new Rng(1), -1, 1);

    private static Tensor Indices(int count, int below)
    {
        Rng rng = new(2);
        return Tensor.CopyOf([.. Enumerable.Range(0, count).Select(_ => (long)rng.Next(below))], [count]);
    }

    private static string Text(params int[] shape) => shape.Length == 1 ? $"{shape[0]}" : $"({string.Join(", ", shape)})";
}
