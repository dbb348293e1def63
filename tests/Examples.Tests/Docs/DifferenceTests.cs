using MiniStack.Data;
using MiniStack.Nn;
using MiniStack.Optim;

namespace MiniStack.Tests.Docs;

/// <summary>What docs/from-pytorch.md says under "What differs" is so.</summary>
public sealed class DifferenceTests
{
    private static readonly Tensor Ints = Tensor.CopyOf([1L, 2]), Floats = Tensor.CopyOf([1f, 2]);

    /// <summary>A piece of the page's sentence, and what shows that it is true.</summary>
    private static readonly Dictionary<string, Action> Claims = new()
    {
        ["operands of two dtypes are an error"] = () => Assert.Throws<DTypeException>(() => Ints + Floats),
        ["`Divide`, `Pow` and `Mean` are for floats only"] = () =>
        {
            Assert.Throws<DTypeException>(() => Ints / Ints);
            Assert.Throws<DTypeException>(() => Ints.Pow(Ints));
            Assert.Throws<DTypeException>(() => Ints.Mean());
        },
        ["Bool has no arithmetic"] = () => Assert.Throws<DTypeException>(() => Ints.Equal(Ints) + Ints.Equal(Ints)),
        ["Sums and `CumSum` of I32 stay I32"] = () =>
        {
            Tensor large = Tensor.CopyOf([int.MaxValue, 1]);
            Assert.Equal((DType.I32, (double)int.MinValue), (large.Sum().DType, large.Sum().Item()));
            Assert.Equal(DType.I32, large.CumSum().DType);
            Assert.Equal((DType.I64, 400.0), (Tensor.CopyOf(new byte[] { 200, 200 }).Sum().DType, Tensor.CopyOf(new byte[] { 200, 200 }).Sum().Item()));
        },
        ["`ArgMax` and `ArgMin` go along the last axis"] = () => Assert.Equal([0L, 1], Tensor.CopyOf(new float[,] { { 3, 3 }, { 1, 2 } }).ArgMax().ToArray<long>()),
        ["their gradient is shared by equal elements"] = () =>
        {
            Parameter w = new(Tensor.CopyOf([2f, 2, 1]));
            using Tape tape = Tape.Begin();
            tape.Backward(w.Max());
            Assert.Equal([0.5f, 0.5f, 0], w.Grad!.ToArray<float>());
        },
        ["`Squeeze(axis)` of an axis that is not 1 is an error"] = () => Assert.Throws<ShapeException>(() => Floats.Squeeze(0)),
        ["`Full` is F32 unless told"] = () => Assert.Equal((DType.F32, DType.F32), (Tensor.Full([1], 2).DType, Ints.OneHot(3).DType)),
        ["`Pad` lists all axes from the first on"] = () => Assert.Equal([3, 2], Tensor.Zeros([2, 2]).Pad([(0, 1), (0, 0)]).Shape),
        ["`Sign` of NaN is NaN"] = () => Assert.True(float.IsNaN(Tensor.CopyOf([float.NaN]).Sign().Item<float>())),
        ["are **causal unless told**"] = () =>
        {
            Tensor x = Tensor.Normal([1, 1, 3, 4], new Rng(1));
            Assert.Equal(Tensor.Attention(x, x, x, causal: true).ToArray<float>(), Tensor.Attention(x, x, x).ToArray<float>());
            Assert.Equal(Variable.Attention(x, x, x, true).Value.ToArray<float>(), Variable.Attention(x, x, x).Value.ToArray<float>());
            Assert.True(new AttentionOptions().Causal);
        },
        ["which have PyTorch's names, are not causal"] = () =>
        {
            MultiHeadAttention attention = new(4, 2, new Rng(1));
            Tensor x = Tensor.Normal([1, 3, 4], new Rng(2)), other = x.Clone();
            other[0, 2] = Tensor.Zeros([4]);
            Assert.NotEqual(attention.Call(x).Value[0, 0].ToArray<float>(), attention.Call(other).Value[0, 0].ToArray<float>());
        },
        ["causal counts from the keys' **end**"] = () =>
        {
            Tensor query = Tensor.Zeros([1, 1, 1, 2]), key = Tensor.Zeros([1, 1, 2, 2]), value = Tensor.CopyOf([0f, 0, 2, 2], [1, 1, 2, 2]);
            Assert.Equal([1f, 1], Tensor.Attention(query, key, value).ToArray<float>());
        },
        ["A Bool mask is true where a query **may** see a key"] = () =>
        {
            Tensor key = Tensor.Zeros([1, 1, 2, 2]), value = Tensor.CopyOf([0f, 0, 2, 2], [1, 1, 2, 2]), mask = Tensor.CopyOf([false, true], [1, 2]);
            Assert.Equal([2f, 2], Tensor.Attention(Tensor.Zeros([1, 1, 1, 2]), key, value, new AttentionOptions { Causal = false, Mask = mask }).ToArray<float>());
        },
        ["A query that sees no key gives zeros"] = () =>
        {
            Tensor x = Tensor.Ones([1, 1, 1, 2]);
            Assert.Equal([0f, 0], Tensor.Attention(x, x, x, new AttentionOptions { Mask = Tensor.CopyOf([false], [1, 1]) }).ToArray<float>());
        },
        ["`Init.KaimingUniform(shape, rng)` is what `nn.Linear` starts with"] = () =>
            Assert.InRange(Init.KaimingUniform([100, 100], new Rng(1)).Abs().Max().Item(), 0.0999, 0.1001),
        ["`Dropout` has no default probability and must be below 1"] = () => Assert.Throws<ConfigException>(() => new Dropout(1, new Rng(1))),
        ["**Classes are the last axis**"] = () => Assert.Equal(Math.Log(3), new Variable(Tensor.Zeros([2, 5, 3])).CrossEntropy(Tensor.Zeros([2, 5], DType.I64)).Item(), 5),
        ["A target of −100 is an error here"] = () => Assert.Throws<IndexException>(() => new Variable(Tensor.Zeros([1, 3])).CrossEntropy(Tensor.CopyOf([-100L]))),
        ["`MeanSquaredError` of (4, 1) and (4) is an error"] = () =>
            Assert.Throws<ShapeException>(() => new Variable(Tensor.Zeros([4, 1])).MeanSquaredError(Tensor.Zeros([4]))),
        ["**`AdamW` decays only parameters of two and more axes**"] = () => Assert.Equal((1f, 0.9f, 0.9f), (Decayed([2], null), Decayed([2, 2], null), Decayed([2], _ => true))),
        ["`WarmUpSchedule` rises from peak / (n + 1)"] = () => Assert.Equal(0.2, new WarmUpSchedule(new ConstantSchedule(1), 4).At(0), 12),
        ["`DataLoader` **shuffles unless told**"] = () => Assert.True(new LoaderOptions(1).Shuffle),
        ["A tensor has at most 64 axes"] = () => Assert.Throws<ShapeException>(() => Tensor.Zeros(new int[65])),
    };

    public static TheoryData<string> Sentences => [.. Claims.Keys];

    [Theory]
    [MemberData(nameof(Sentences))]
    public void Difference_OfThePage_IsSo(string sentence)
    {
        int from = PageCases.Page.IndexOf("## What differs", StringComparison.Ordinal), to = PageCases.Page.IndexOf("## Names", StringComparison.Ordinal);
        Assert.Contains(sentence, PageCases.Page[from..to].ReplaceLineEndings(" ").Replace("   ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Claims[sentence]();
    }

    /// <summary>What is left of ones after a step of AdamW with a gradient of zeros, a rate of 1 and a decay of 0.1.</summary>
    private static float Decayed(Shape shape, Func<Parameter, bool>? decays)
    {
        Parameter w = new(Tensor.Ones(shape));
        AdamW optimizer = new([w], learningRate: 1, weightDecay: 0.1, decays: decays);
        using Tape tape = Tape.Begin();
        tape.Backward((w * 0).Sum());
        optimizer.Step();
        return w.Value.ToArray<float>()[0];
    }
}
