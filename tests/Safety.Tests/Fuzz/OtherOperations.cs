using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>Public calls that are not operators: reading and writing elements, optimizers' kernels, moving parameters.</summary>
internal static class OtherOperations
{
    public static readonly Action<Chooser>[] All =
    [
        c => Use(c.T().ToArray<float>()), c => Use(c.T().ToArray<long>()), c => c.T().AsSpan<float>().Fill(1), c => c.T().AsSpan<double>().Fill(1), c => Use(c.T().AsReadOnlySpan<float>()),
        c => c.T().AsTensorSpan<float>().Fill(2), c => c.T().Item(), c => _ = c.T().ToString(), c => { Tensor x = c.T(); x[c.Small()] = c.Like(x); }, c => { Tensor x = c.T(); x[TensorIndex.Ellipsis] = c.Like(x); },
        c => { Tensor p = c.T(); Fused.AdamW(p, c.Like(p), c.Like(p), c.Like(p), new AdamWStep(0.1, 0.9, 0.99, 1e-8, 0.1, 1, 1)); },
        c => { Tensor p = c.T(), q = c.T(); Fused.AdamW([new AdamWTensors(p, c.Like(p), c.Like(p), c.Like(p)), new AdamWTensors(q, c.Like(q), c.Like(q), c.Like(q))], new AdamWStep(0.1, 0.9, 0.99, 1e-8, 0.1, 1, 1)); },
        c => { Tensor p = c.T(); Fused.Sgd(p, c.Like(p), c.MaybeLike(p), new SgdStep(0.1, 0.9, true, 0.1, 1)); }, c => Fused.SquaredNorm([c.T(), c.T()]), c => Fused.SumOfSquares(c.T()),
        c => c.P(c.T()), c => c.V().AddGrad(c.T()), c => c.V().AddGrad(c.V()), c => { if (c.Parameters.Count > 0) c.Parameters[^1].ConvertTo(c.Float()); }, c => { if (c.Parameters.Count > 0) c.Parameters[0].ClearGrad(); },
        c => { using MemoryScope scope = MemoryScope.Begin(); c.Take(c.Make(c.Kind(), c.Shape())); }, c => c.Take(MemoryScope.Run(() => c.T() + 1)), c => { using Tape.Pause pause = Tape.NoGrad(); c.Take(c.V() * 2); },
        c => MemoryScope.Begin(), c => MemoryScope.Current?.Dispose(), c => _ = CpuMemory.FreeBytes,
    ];

    public static readonly Func<IEnumerable<Parameter>, Optimizer>[] Optimizers =
    [
        p => new AdamW(p), p => new Adam(p), p => new Sgd(p, 0.1, momentum: 0.9), p => new Lion(p), p => new RmsProp(p, momentum: 0.9), p => new Adagrad(p), p => new NAdam(p), p => new RAdam(p), p => new Adafactor(p), p => new Lamb(p), p => new Muon(p),
    ];

    private static void Use<T>(ReadOnlySpan<T> span) where T : unmanaged
    {
        if (span.Length > 0) GC.KeepAlive(span[^1]);
    }

    private static void Use<T>(T[] elements) => GC.KeepAlive(elements);
}
