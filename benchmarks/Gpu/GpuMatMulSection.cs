using System.Globalization;
using MiniStack.Benchmarks.Peers;
using MiniStack.Cuda;

namespace MiniStack.Benchmarks.Gpu;

/// <summary>Matrix products in F32: squares, and those of a training step. Before a product is timed, its result is compared with the CPU's.</summary>
internal static class GpuMatMulSection
{
    private static readonly int[] Squares = [1024, 2048, 4096, 8192];
    private static readonly Product[] Tiny = [new(48, 33, 20), new(16, 24, 40, TransposeB: true), new(40, 16, 24, TransposeA: true)];

    /// <summary>[m, k]·[k, n]; a transposed operand is a view of a matrix that lies the other way.</summary>
    private readonly record struct Product(int M, int K, int N, bool TransposeA = false, bool TransposeB = false)
    {
        public string Op => MatMulContests.Name(TransposeA, TransposeB);

        public string Shape => MatMulContests.Shape(1, M, K, N);

        public double Flops => 2.0 * M * K * N;
    }

    public static IEnumerable<GpuRow> Run(CudaDevice gpu, GpuPeer? gpuPeer, double seconds, bool quick)
    {
        using Peer? peer = gpuPeer?.Start("torch_ops.py");
        foreach (Product product in quick ? Tiny : All())
        {
            using MemoryScope operands = MemoryScope.Begin();
            // Work is queued and the device is waited for once, or a small product would measure the way there and back.
            int repeats = quick ? 2 : (int)Math.Clamp(5e10 / product.Flops, 1, 200);
            Case ours = Make(product, gpu, repeats);
            Func<double, double[]>? theirs = peer is null ? null
                : slice => peer.Times(new { op = product.Op, shape = product.Shape, seconds = slice, repeats });
            Duel.Fight(ours, theirs, seconds / 5); // clocks rise
            (double[] our, double[] their) = Duel.Fight(ours, theirs, seconds);
            yield return new GpuRow(product.Op, product.Shape, product.Flops, [.. our.Select(us => us / repeats)], their);
        }
    }

    private static IEnumerable<Product> All()
    {
        foreach (int size in Squares) yield return new Product(size, size, size);
        foreach ((int m, int k, int n) in MatMulContests.Training)
        {
            yield return new Product(m, k, n, TransposeB: true); // y = x·Wᵀ
            yield return new Product(m, n, k);                   // dx = dy·W
            yield return new Product(n, m, k, TransposeA: true); // dW = dyᵀ·x
        }
    }

    private static Case Make(Product product, CudaDevice gpu, int repeats)
    {
        Rng rng = new(7);
        (Tensor a, Tensor farA) = Matrix(product.M, product.K, product.TransposeA, rng, gpu);
        (Tensor b, Tensor farB) = Matrix(product.K, product.N, product.TransposeB, rng, gpu);
        Check(product, a, b, farA.MatMul(farB));
        return new Case(() => { }, () =>
        {
            for (int repeat = 0; repeat < repeats; repeat++)
            {
                using MemoryScope scope = MemoryScope.Begin();
                farA.MatMul(farB);
            }
            gpu.Synchronize();
        }, () => { });
    }

    private static (Tensor Here, Tensor There) Matrix(int rows, int columns, bool transpose, Rng rng, CudaDevice gpu)
    {
        Tensor here = Tensor.Normal(transpose ? [columns, rows] : [rows, columns], rng), there = here.To(gpu);
        return transpose ? (here.Transpose(), there.Transpose()) : (here, there);
    }

    /// <summary>Some rows: first, middle, last.</summary>
    private static void Check(Product product, Tensor a, Tensor b, Tensor c)
    {
        double most = 1e-5 + 1e-6 * product.K; // both sides round each of k sums, of a size of √k
        foreach (int row in (int[])[0, product.M / 2, product.M - 1])
        {
            float[] expected = a.Slice(0, row, 1).MatMul(b).ToArray<float>(), actual = c.Slice(0, row, 1).To(Device.Cpu).ToArray<float>();
            for (int column = 0; column < product.N; column++)
            {
                if (Math.Abs(expected[column] - actual[column]) <= most) continue;
                throw new DeviceException(string.Create(CultureInfo.InvariantCulture,
                    $"{product.Op} {product.Shape}: element ({row}, {column}) is {actual[column]} on the GPU and {expected[column]} on the CPU. This is a bug; please report it."));
            }
        }
    }
}
