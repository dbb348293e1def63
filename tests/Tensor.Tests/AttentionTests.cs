using FsCheck;
using FsCheck.Fluent;

namespace MiniStack.Tests;

/// <summary>Attention on the CPU device against the reference loops, in any shape and stride, forward and backward.</summary>
public class AttentionTests
{
    // Around nothing, one, the heights and widths of tiles, a block (96) and several.
    private static readonly int[] Times = [0, 1, 2, 3, 5, 7, 8, 11, 12, 13, 16, 17, 31, 32, 33, 48, 64, 65, 95, 96, 97, 108, 130, 191, 193, 200];
    private static readonly int[] Sizes = [0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 40, 64, 65];

    [Fact]
    public void Attention_AnyCase_EqualsReference() => Check(c =>
    {
        Inputs cpu = c.Inputs(Device.Cpu), reference = c.Inputs(Device.Reference);
        Tensor y = Tensor.Attention(cpu.Q, cpu.K, cpu.V, c.Causal, out Tensor logSumExp);
        Tensor expected = Tensor.Attention(reference.Q, reference.K, reference.V, c.Causal, out Tensor expectedSums);
        TensorAssert.Close(expected.To(Device.Cpu), y, c.Tolerance, $"y of {c}");
        TensorAssert.Close(expectedSums.To(Device.Cpu), logSumExp, c.Tolerance, $"logSumExp of {c}");
    });

    [Fact]
    public void AttentionBackward_AnyCase_EqualsReference() => Check(c =>
    {
        Inputs cpu = c.Inputs(Device.Cpu), reference = c.Inputs(Device.Reference);
        Tensor expectedY = Tensor.Attention(reference.Q, reference.K, reference.V, c.Causal, out Tensor expectedSums);
        Tensor y = expectedY.To(Device.Cpu), logSumExp = expectedSums.To(Device.Cpu);
        (Tensor dq, Tensor dk, Tensor dv) = Fused.AttentionBackward(cpu.Q, cpu.K, cpu.V, y, logSumExp, cpu.Dy, c.Causal);
        (Tensor expectedDq, Tensor expectedDk, Tensor expectedDv) =
            Fused.AttentionBackward(reference.Q, reference.K, reference.V, expectedY, expectedSums, reference.Dy, c.Causal);
        TensorAssert.Close(expectedDq.To(Device.Cpu), dq, c.Tolerance, $"dq of {c}");
        TensorAssert.Close(expectedDk.To(Device.Cpu), dk, c.Tolerance, $"dk of {c}");
        TensorAssert.Close(expectedDv.To(Device.Cpu), dv, c.Tolerance, $"dv of {c}");
    });

    [Fact]
    public void AttentionBackward_AnyStridesOfTheResults_WritesOnlyThem() => Check(c =>
    {
        Inputs inputs = c.Inputs(Device.Cpu);
        if (inputs.Q.Count == 0 || inputs.K.Count == 0) return;
        Tensor y = Tensor.Attention(inputs.Q, inputs.K, inputs.V, c.Causal, out Tensor logSumExp);
        (Tensor expectedDq, Tensor expectedDk, Tensor expectedDv) =
            Fused.AttentionBackward(inputs.Q, inputs.K, inputs.V, y, logSumExp, inputs.Dy, c.Causal);
        (Tensor dq, Tensor wholeQ) = Gaps(inputs.Q.Shape);
        (Tensor dk, Tensor wholeK) = Gaps(inputs.K.Shape);
        (Tensor dv, Tensor wholeV) = Gaps(inputs.V.Shape);
        (Tensor strided, Tensor wholeY) = Gaps(y.Shape);
        double scale = 1 / Math.Sqrt(Math.Max(c.D, 1));
        Device.Cpu.Backend.Attention(inputs.Q, inputs.K, inputs.V, c.Causal, scale, strided, logSumExp);
        Device.Cpu.Backend.AttentionBackward(inputs.Q, inputs.K, inputs.V, strided, logSumExp, inputs.Dy, c.Causal, scale, dq, dk, dv);
        foreach ((Tensor expected, Tensor actual, Tensor whole) in
            ((Tensor, Tensor, Tensor)[])[(y, strided, wholeY), (expectedDq, dq, wholeQ), (expectedDk, dk, wholeK), (expectedDv, dv, wholeV)])
        {
            TensorAssert.SameBits(expected, actual, c.ToString());
            actual.CopyFrom(Tensor.Full(actual.Shape, 77, c.DType));
            TensorAssert.SameBits(Tensor.Full(whole.Shape, 77, c.DType), whole, $"the gaps of {c}");
        }

        (Tensor View, Tensor Whole) Gaps(Shape shape)
        {
            // [time, d', batch, heads'] in memory.
            Tensor whole = Tensor.Full([shape[2], 2 * shape[3] + 1, shape[0], 3 * shape[1]], 77, c.DType);
            return (whole.Slice(1, 1, shape[3], step: 2).Slice(3, 0, shape[1], step: 3).Permute(2, 3, 0, 1), whole);
        }
    });

    [Fact]
    public void SelfAttention_AnyCase_EqualsAttentionOfItsParts() => Check(c =>
    {
        int time = c.Keys, channels = c.Heads * c.D;
        Tensor qkv = Tensor.Normal([c.Batch, time, 3 * channels], new Rng(3), dtype: c.DType);
        Tensor dy = Tensor.Normal([c.Batch, time, channels], new Rng(4), dtype: c.DType);
        Tensor parts = qkv.Reshape(c.Batch, time, 3, c.Heads, c.D).Permute(2, 0, 3, 1, 4);
        (Tensor q, Tensor k, Tensor v) = (parts.Select(0, 0), parts.Select(0, 1), parts.Select(0, 2));
        Tensor expected = Tensor.Attention(q, k, v, c.Causal, out Tensor expectedSums);
        Tensor y = Fused.SelfAttention(qkv, c.Heads, c.Causal, out Tensor logSumExp);
        TensorAssert.SameBits(expected, Apart(y), c.ToString());
        TensorAssert.SameBits(expectedSums, logSumExp, c.ToString());

        (Tensor dq, Tensor dk, Tensor dv) = Fused.AttentionBackward(q, k, v, expected, expectedSums, Apart(dy), c.Causal);
        Tensor dqkv = Fused.SelfAttentionBackward(qkv, c.Heads, c.Causal, y, logSumExp, dy);
        TensorAssert.SameBits(dq, Apart(dqkv.Slice(2, 0, channels)), c.ToString());
        TensorAssert.SameBits(dk, Apart(dqkv.Slice(2, channels, channels)), c.ToString());
        TensorAssert.SameBits(dv, Apart(dqkv.Slice(2, 2 * channels, channels)), c.ToString());

        Tensor Apart(Tensor x) => x.Reshape(c.Batch, time, c.Heads, c.D).Transpose(1, 2);
    });

    [Theory]
    [InlineData(1, 1000, 1000, true)]
    [InlineData(2, 300, 700, true)]
    [InlineData(1, 500, 300, false)]
    public void Attention_LongContext_EqualsTheComposition(int heads, int queries, int keys, bool causal)
    {
        Case c = new(DType.F64, 1, heads, queries, keys, 32, 32, causal, Memory.Heads);
        Inputs x = c.Inputs(Device.Cpu);
        Tensor scores = x.Q.MatMul(x.K.Transpose()) * (1 / Math.Sqrt(32));
        if (causal)
        {
            Tensor seen = (Tensor.Arange(queries, DType.F64) + (keys - queries)).Unsqueeze(1);
            scores = Tensor.Where(Tensor.Arange(keys, DType.F64).LessOrEqual(seen), scores, Tensor.Scalar(double.NegativeInfinity, DType.F64));
        }
        Tensor p = scores.Softmax(), expected = p.MatMul(x.V), dp = x.Dy.MatMul(x.V.Transpose());
        Tensor ds = Fused.SoftmaxBackward(p, dp) * (1 / Math.Sqrt(32));
        Tensor y = Tensor.Attention(x.Q, x.K, x.V, causal, out Tensor logSumExp);
        (Tensor dq, Tensor dk, Tensor dv) = Fused.AttentionBackward(x.Q, x.K, x.V, y, logSumExp, x.Dy, causal);
        TensorAssert.Close(expected, y, 1e-13, "y");
        TensorAssert.Close(ds.MatMul(x.K), dq, 1e-12, "dq");
        TensorAssert.Close(ds.Transpose().MatMul(x.Q), dk, 1e-12, "dk");
        TensorAssert.Close(p.Transpose().MatMul(x.Dy), dv, 1e-12, "dv");
    }

    [Theory]
    [InlineData(1e4)]
    [InlineData(-1e4)]
    [InlineData(1e30)]
    public void Attention_ExtremeScores_StaysFinite(double score)
    {
        // Every other key's score is extreme, and the others' is 0: softmax is all or nothing.
        Tensor q = Tensor.Ones([1, 1, 130, 1]), v = Tensor.Normal([1, 1, 130, 40], new Rng(1)), k = Tensor.Zeros(q.Shape);
        k.Slice(2, 1, 65, step: 2).CopyFrom(Tensor.Full([1, 1, 65, 1], score));
        Tensor y = Tensor.Attention(q, k, v, true, out Tensor logSumExp);
        Assert.All(y.ToArray<float>(), number => Assert.True(float.IsFinite(number)));
        Assert.All(logSumExp.ToArray<float>(), number => Assert.True(float.IsFinite(number)));
        (Tensor dq, Tensor dk, Tensor dv) = Fused.AttentionBackward(q, k, v, y, logSumExp, v, true);
        foreach (Tensor gradient in (Tensor[])[dv, dk, dq])
            Assert.All(gradient.ToArray<float>(), number => Assert.True(float.IsFinite(number)));
    }

    [Fact]
    public void Attention_RowsOfY_AreWeightedMeansOfWhatTheySee()
    {
        // Equal keys: every query's result is the mean of the values it sees.
        Tensor k = Tensor.Ones([1, 1, 250, 8]), v = Tensor.Arange(250, DType.F64).Reshape(1, 1, 250, 1);
        Tensor y = Tensor.Attention(k.To(DType.F64), k.To(DType.F64), v);
        TensorAssert.Close(v * 0.5, y, 1e-13);
    }

    private static void Check(Action<Case> test) => Prop.ForAll(Cases.ToArbitrary(), test).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    private static Gen<Case> Cases =>
        from dtype in Gen.Elements(DType.F32, DType.F64)
        from batch in Gen.Frequency((8, Gen.Choose(1, 2)), (1, Gen.Constant(0)))
        from heads in Gen.Choose(1, 3)
        from times in Gen.Two(Gen.Elements(Times))
        from equal in Gen.Elements(true, false)
        from causal in Gen.Elements(true, false)
        from d in Gen.Elements(Sizes)
        from size in Gen.Elements(Sizes)
        from memory in Gen.Elements(Enum.GetValues<Memory>())
        let queries = equal ? times.Item2 : causal ? Math.Min(times.Item1, times.Item2) : times.Item1
        let keys = causal ? Math.Max(queries, times.Item2) : times.Item2
        select new Case(dtype, batch, heads, queries, keys, d, equal ? d : size, causal, memory);

    /// <summary>How queries, keys and values lie in memory.</summary>
    public enum Memory
    {
        /// <summary>[batch, heads, time, d].</summary>
        Heads,

        /// <summary>[batch, time, heads, d].</summary>
        Positions,

        /// <summary>[batch, heads, d, time].</summary>
        Columns,

        /// <summary>Every other position and every third channel of a larger block.</summary>
        Gaps,
    }

    /// <summary>What goes in.</summary>
    public sealed record Inputs(Tensor Q, Tensor K, Tensor V, Tensor Dy);

    /// <summary>An attention to try.</summary>
    public sealed record Case(DType DType, int Batch, int Heads, int Queries, int Keys, int D, int Size, bool Causal, Memory Memory)
    {
        public double Tolerance => Tests.Tolerance.OfSum(DType, Queries + Keys + D + Size);

        public Inputs Inputs(Device device)
        {
            var rng = new Rng((ulong)(Queries + 1000 * Keys + 1000000 * D));
            return new(Make(Queries, D), Make(Keys, D), Make(Keys, Size), Make(Queries, Size));

            Tensor Make(int time, int d) => Memory switch
            {
                Memory.Positions => Numbers([Batch, time, Heads, d]).Transpose(1, 2),
                Memory.Columns => Numbers([Batch, Heads, d, time]).Transpose(),
                Memory.Gaps => Numbers([Batch, Heads, 2 * time, 3 * d]).Slice(-2, 0, time, 2).Slice(-1, 0, d, 3),
                _ => Numbers([Batch, Heads, time, d]),
            };

            Tensor Numbers(Shape shape) => Tensor.Normal(shape, rng, dtype: DType).To(device);
        }
    }
}
