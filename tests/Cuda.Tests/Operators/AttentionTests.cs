using FsCheck;
using FsCheck.Fluent;

namespace MiniStack.Tests;

/// <summary>Attention on the device against the reference, in any shape and stride, forward and backward.</summary>
public class AttentionTests
{
    // Around nothing, one, and tiles of 32 and 64.
    private static readonly int[] Times = [0, 1, 2, 7, 8, 31, 32, 33, 63, 64, 65, 100, 130];
    private static readonly int[] Sizes = [0, 1, 3, 8, 16, 31, 32, 33, 64, 65, 100, 128];

    [Fact]
    public void AttentionAndGradient_AnyCase_EqualReference()
    {
        _ = AgainstReference.Tested;
        Prop.ForAll(Cases.ToArbitrary(), c =>
        {
            (Tensor q, Tensor k, Tensor v, Tensor dy) = (c.Make(c.Queries, c.D, 1), c.Make(c.Keys, c.D, 2), c.Make(c.Keys, c.Size, 3), c.Make(c.Queries, c.Size, 4));
            double scale = 1 / Math.Sqrt(Math.Max(c.D, 1)), tolerance = 4 * Tolerance.OfSum(c.DType, c.Queries + c.Keys + c.D + c.Size);
            (Tensor y, Tensor sums) = Forward(AgainstReference.Tested);
            (Tensor expectedY, Tensor expectedSums) = Forward(AgainstReference.Reference);
            AgainstReference.Close(expectedY, y, tolerance, $"y of {c}");
            AgainstReference.Close(expectedSums, sums, tolerance, $"logSumExp of {c}");
            Tensor[] actual = Backward(AgainstReference.Tested), expected = Backward(AgainstReference.Reference);
            for (int i = 0; i < actual.Length; i++) AgainstReference.Close(expected[i], actual[i], tolerance, $"gradient {i} of {c}");

            (Tensor Y, Tensor Sums) Forward(Backend backend)
            {
                (Tensor y, Tensor sums) = (Result(c.Queries, c.Size), Tensor.Zeros([c.Batch, c.Heads, c.Queries], c.DType));
                backend.Attention(q, k, v, c.Causal, scale, y, sums);
                return (y, sums);
            }

            Tensor[] Backward(Backend backend)
            {
                Tensor[] gradients = [Result(c.Queries, c.D), Result(c.Keys, c.D), Result(c.Keys, c.Size)];
                backend.AttentionBackward(q, k, v, expectedY, expectedSums, dy, c.Causal, scale, gradients[0], gradients[1], gradients[2]);
                return gradients;
            }

            // [batch, time, heads, d] in memory, as self-attention writes them.
            Tensor Result(int time, int d) => Tensor.Full([c.Batch, time, c.Heads, d], 77, c.DType).Transpose(1, 2);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(DeviceUnderTest.Cases(100)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SelfAttention_OnTheDevice_EqualsTheCpu(bool causal)
    {
        Tensor qkv = Tensor.Normal([2, 70, 3 * 24], new Rng(3)), dy = Tensor.Normal([2, 70, 24], new Rng(4)), far = qkv.To(DeviceUnderTest.Device);
        Tensor y = Fused.SelfAttention(qkv, 3, causal, out Tensor sums), farY = Fused.SelfAttention(far, 3, causal, out Tensor farSums);
        TensorAssert.Close(y, farY, 1e-5);
        TensorAssert.Close(
            Fused.SelfAttentionBackward(qkv, 3, causal, y, sums, dy),
            Fused.SelfAttentionBackward(far, 3, causal, farY, farSums, dy.To(DeviceUnderTest.Device)), 1e-5);
    }

    private static Gen<Case> Cases =>
        from dtype in Gen.Elements(DType.F32, DType.F64)
        from batch in Gen.Choose(1, 2)
        from heads in Gen.Choose(1, 3)
        from times in Gen.Two(Gen.Elements(Times))
        from causal in Gen.Elements(true, false)
        from d in Gen.Elements(Sizes)
        from size in Gen.Elements(Sizes)
        from columns in Gen.Elements(true, false)
        select new Case(
            dtype, batch, heads, causal ? Math.Min(times.Item1, times.Item2) : times.Item1, causal ? Math.Max(times.Item1, times.Item2) : times.Item2,
            d, size, causal, columns);

    /// <summary>An attention to try; the columns of its inputs lie side by side, or their rows.</summary>
    public sealed record Case(DType DType, int Batch, int Heads, int Queries, int Keys, int D, int Size, bool Causal, bool Columns)
    {
        public Tensor Make(int time, int d, ulong seed) => Columns
            ? Tensor.Normal([Batch, Heads, d, time], new Rng(seed), dtype: DType).Transpose()
            : Tensor.Normal([Batch, time, Heads, d + 1], new Rng(seed), dtype: DType).Slice(3, 0, d).Transpose(1, 2);
    }
}
