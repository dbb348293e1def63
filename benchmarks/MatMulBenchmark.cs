using BenchmarkDotNet.Attributes;

namespace MiniStack.Benchmarks;

/// <summary>The matrix product by BenchmarkDotNet; <see cref="QuickMatMul"/> is the quick view.</summary>
[MemoryDiagnoser]
public class MatMulBenchmark
{
    private Tensor _a = Tensor.Scalar(0), _b = Tensor.Scalar(0);

    /// <summary>What to multiply.</summary>
    [ParamsSource(nameof(Shapes))]
    public MatMulShape Shape { get; set; } = MatMulShape.All[0];

    /// <summary>Threads of the kernels.</summary>
    [Params(1, 2)]
    public int Threads { get; set; }

    /// <summary>Every shape.</summary>
    public static IEnumerable<MatMulShape> Shapes => MatMulShape.All;

    /// <summary>Makes the operands.</summary>
    [GlobalSetup]
    public void Setup()
    {
        CpuThreads.Count = Threads;
        (_a, _b) = Shape.Operands();
    }

    /// <summary>One product, whose memory comes from the pool.</summary>
    [Benchmark]
    public void MatMul()
    {
        using MemoryScope scope = MemoryScope.Begin();
        _a.MatMul(_b);
    }
}
