namespace MiniStack.Benchmarks.Peers;

/// <summary>Matrix products: those of PyTorch's script, transposed, batched, and every product of a training step.</summary>
internal static class MatMulContests
{
    // y[m, n] = x[m, k]·W[n, k]ᵀ in a GPT of 128 channels and 12 × 64 tokens, and in one of 384 and 16 × 256.
    internal static readonly (int M, int K, int N)[] Training =
        [(768, 128, 384), (768, 128, 512), (768, 512, 128), (768, 128, 65), (4096, 384, 1536), (4096, 1536, 384)];

    public static IEnumerable<Contest> All()
    {
        foreach (int size in new[] { 64, 128, 256, 512 }) yield return Product(1, size, size, size, ratio: 1.0);
        foreach (int size in new[] { 1024, 2048 }) yield return Product(1, size, size, size, ratio: 1.0, percent: 90);
        yield return Product(1, 256, 768, 2304, ratio: 1.0);
        foreach ((int m, int k, int n) in Training)
        {
            yield return Product(1, m, k, n, ratio: 1.05);
            yield return Product(1, m, k, n, ratio: 1.05, transposeB: true); // y = x·Wᵀ
            yield return Product(1, m, n, k, ratio: 1.05);                   // dx = dy·W
            yield return Product(1, n, m, k, ratio: 1.05, transposeA: true); // dW = dyᵀ·x
        }
        yield return Product(1, 1024, 1024, 1024, ratio: 1.0, transposeB: true);
        yield return Product(1, 1024, 1024, 1024, ratio: 1.0, transposeA: true);
        yield return Product(1, 1024, 1024, 1024, ratio: 1.0, transposeA: true, transposeB: true);
        yield return Product(48, 64, 32, 64, ratio: 1.0);
        yield return Product(96, 256, 64, 256, ratio: 1.0);
        foreach ((int m, int k, int n) in new[] { (1, 768, 3072), (1, 4096, 4096), (8, 4096, 4096) })
        {
            yield return Skinny(m, k, n, transposeB: false);
            yield return Skinny(m, k, n, transposeB: true);
        }
    }

    private static Contest Product(
        int batch, int m, int k, int n, double ratio, double? percent = null, bool transposeA = false, bool transposeB = false) =>
        new(Name(transposeA, transposeB), Shape(batch, m, k, n), Operands(batch, m, k, n, transposeA, transposeB),
            Limit.Flops(2.0 * batch * m * k * n), new Asked(ratio, percent));

    // The matrix is read once, and there is little else to do: memory is the limit.
    private static Contest Skinny(int m, int k, int n, bool transposeB) =>
        new(Name(false, transposeB), Shape(1, m, k, n), Operands(1, m, k, n, false, transposeB),
            Limit.Read(4L * k * n), transposeB ? new Asked(1) : new Asked(2, 80, Either: true));

    internal static string Name(bool transposeA, bool transposeB) => (transposeA, transposeB) switch
    {
        (false, false) => "matmul",
        (false, true) => "matmul a·bᵀ",
        (true, false) => "matmul aᵀ·b",
        (true, true) => "matmul aᵀ·bᵀ",
    };

    internal static string Shape(int batch, int m, int k, int n) => batch == 1 ? $"{m}x{k}x{n}" : $"{batch}x{m}x{k}x{n}";

    private static Func<Case> Operands(int batch, int m, int k, int n, bool transposeA, bool transposeB) => () =>
    {
        var rng = new Rng(7);
        Tensor a = Matrix(batch, m, k, transposeA, rng), b = Matrix(batch, k, n, transposeB, rng);
        return Case.Forward(() => a.MatMul(b));
    };

    private static Tensor Matrix(int batch, int rows, int columns, bool transpose, Rng rng)
    {
        if (transpose) (rows, columns) = (columns, rows);
        Tensor matrix = Tensor.Uniform(batch == 1 ? [rows, columns] : [batch, rows, columns], rng, -1, 1);
        return transpose ? matrix.Transpose() : matrix;
    }
}
