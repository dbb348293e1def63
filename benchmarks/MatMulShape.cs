namespace MiniStack.Benchmarks;

/// <summary>A product of the training of a small GPT (width 128, 12 × 64 tokens), or one that shows a limit.</summary>
public sealed record MatMulShape(string Name, int Batch, int M, int K, int N, bool TransposeA = false, bool TransposeB = false, DType DType = DType.F32)
{
    /// <summary>What is measured.</summary>
    public static MatMulShape[] All { get; } =
    [
        new("up forward x·Wᵀ", 1, 768, 128, 512, TransposeB: true),
        new("up backward dy·W", 1, 768, 512, 128),
        new("up backward dyᵀ·x", 1, 512, 768, 128, TransposeA: true),
        new("down forward x·Wᵀ", 1, 768, 512, 128, TransposeB: true),
        new("down backward dy·W", 1, 768, 128, 512),
        new("down backward dyᵀ·x", 1, 128, 768, 512, TransposeA: true),
        new("qkv forward x·Wᵀ", 1, 768, 128, 384, TransposeB: true),
        new("logits forward x·Wᵀ", 1, 768, 128, 65, TransposeB: true),
        new("attention q·kᵀ", 48, 64, 32, 64, TransposeB: true),
        new("attention p·v", 48, 64, 64, 32),
        new("attention dpᵀ·q", 48, 64, 64, 32, TransposeA: true),
        new("one row x·Wᵀ", 1, 1, 768, 3072, TransposeB: true),
        new("four rows x·Wᵀ", 1, 4, 768, 3072, TransposeB: true),
        new("matrix·vector", 1, 2048, 1024, 1),
        new("256³", 1, 256, 256, 256),
        new("1024³", 1, 1024, 1024, 1024),
        new("1024³ a·bᵀ", 1, 1024, 1024, 1024, TransposeB: true),
        new("1024³ aᵀ·b", 1, 1024, 1024, 1024, TransposeA: true),
        new("1000³", 1, 1000, 1000, 1000),
        new("2048³", 1, 2048, 2048, 2048),
        new("baby up x·Wᵀ", 1, 4096, 384, 1536, TransposeB: true),
        new("baby down dy·W", 1, 4096, 384, 1536),
        new("baby up dy·W", 1, 4096, 1536, 384),
        new("baby down x·Wᵀ", 1, 4096, 1536, 384, TransposeB: true),
        new("baby up dyᵀ·x", 1, 1536, 4096, 384, TransposeA: true),
        new("baby down dyᵀ·x", 1, 384, 4096, 1536, TransposeA: true),
        new("batched", 96, 256, 64, 256),
        new("512³ F64", 1, 512, 512, 512, DType: DType.F64),
    ];

    /// <summary>Multiplications and additions.</summary>
    public double Flops => 2.0 * Batch * M * K * N;

    /// <summary>Random operands.</summary>
    public (Tensor A, Tensor B) Operands()
    {
        var rng = new Rng(1);
        return (Matrix(M, K, TransposeA, rng), Matrix(K, N, TransposeB, rng));
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private Tensor Matrix(int rows, int columns, bool transpose, Rng rng)
    {
        if (transpose) (rows, columns) = (columns, rows);
        Tensor matrix = Tensor.Uniform(Batch == 1 ? [rows, columns] : [Batch, rows, columns], rng, -1, 1, DType);
        return transpose ? matrix.Transpose() : matrix;
    }
}
