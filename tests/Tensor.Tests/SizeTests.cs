using System.Reflection;

namespace MiniStack.Tests;

/// <summary>Every public method that takes a size, a count or an index ends at once, whatever the number: with the right value, or with a typed error.</summary>
[Collection(nameof(ProcessWide))]
public class SizeTests
{
    private static readonly int[] Extremes = [0, -1, 1, int.MinValue, int.MinValue + 1, int.MaxValue, int.MaxValue - 1];

    private static readonly Tensor X = Tensor.Ones([2, 3]), Images = Tensor.Ones([1, 2, 4, 5]), Lines = Tensor.Ones([1, 2, 6]), Ids = Tensor.Zeros([2, 3], DType.I64);

    private static readonly Dictionary<string, Action<int>> Calls = new()
    {
        ["Arange"] = n => Tensor.Arange(n),
        ["Arange of U8"] = n => Tensor.Arange(n, DType.U8),
        ["Zeros"] = n => Tensor.Zeros([n, n]),
        ["Ones of nothing"] = n => Tensor.Ones([0, n, n]),
        ["Full"] = n => Tensor.Full([n, 1 << 20], 1),
        ["Full of a long"] = n => Tensor.Full([2], n, DType.I32),
        ["Scalar of a long"] = n => Tensor.Scalar(n, DType.I32),
        ["Uniform"] = n => Tensor.Uniform([n, 1 << 20], new Rng(1)),
        ["Normal"] = n => Tensor.Normal([n, 1 << 20], new Rng(1)),
        ["CopyOf"] = n => Tensor.CopyOf(new float[2], [n, 2]),
        ["Wrap"] = n => Tensor.Wrap(new float[2], [n, n, n]),
        ["OneHot"] = n => Ids.OneHot(n),
        ["OneHot of nothing"] = n => Tensor.Zeros([0], DType.I64).OneHot(n),
        ["Reshape"] = n => X.Reshape(n, 2),
        ["Reshape of a stretched one"] = n => Tensor.Ones([1, 1]).Expand([1 << 20, 1 << 20]).Reshape(n),
        ["Flatten of a stretched one"] = _ => Tensor.Ones([1, 1]).Expand([1 << 20, 1 << 20]).Flatten(),
        ["Expand"] = n => Tensor.Ones([1, 1]).Expand([n, n]),
        ["Slice start"] = n => X.Slice(1, n, 1),
        ["Slice count"] = n => X.Slice(1, 0, n),
        ["Slice step"] = n => X.Slice(1, 0, 1, n).Slice(1, 0, 1, n),
        ["Slice axis"] = n => X.Slice(n, 0, 1),
        ["Select"] = n => X.Select(1, n),
        ["Select axis"] = n => X.Select(n, 0),
        ["Transpose"] = n => X.Transpose(n, 0),
        ["Permute"] = n => X.Permute(n, 0),
        ["Squeeze"] = n => X.Squeeze(n),
        ["Unsqueeze"] = n => X.Unsqueeze(n),
        ["Index"] = n => _ = X[n],
        ["Every"] = n => _ = X[TensorIndex.Every(n)],
        ["Every of a range"] = n => _ = X[TensorIndex.All, TensorIndex.Every(n, 1..3)],
        ["Range"] = n => _ = X[new Range(Math.Abs(Math.Max(n, -5)), Index.End)],
        ["Stack"] = n => Tensor.Stack([X, X], n),
        ["Concat"] = n => Tensor.Concat([X, X], n),
        ["Concat of stretched ones"] = _ => Tensor.Concat([Tensor.Ones([1]).Expand([int.MaxValue]), Tensor.Ones([1]).Expand([int.MaxValue])]),
        ["Split"] = n => X.Split(n, 1),
        ["Split sizes"] = n => X.Split([n, 3 - Math.Max(n, -9)], 1),
        ["Split axis"] = n => X.Split(1, n),
        ["Pad"] = n => X.Pad([(n, 1)]),
        ["Pad both"] = n => X.Pad([(n, n), (n, n)]),
        ["Flip"] = n => X.Flip(n),
        ["Flip of a stretched one"] = _ => Tensor.Ones([1]).Expand([int.MaxValue]).Flip(0),
        ["Roll"] = n => X.Roll(n),
        ["Roll axis"] = n => X.Roll(1, n),
        ["Tril"] = n => X.Tril(n),
        ["Triu"] = n => X.Triu(n),
        ["ArgMax"] = n => X.ArgMax(n),
        ["ArgMin"] = n => X.ArgMin(n),
        ["Softmax"] = n => X.Softmax(n),
        ["LogSoftmax"] = n => X.LogSoftmax(n),
        ["Sum"] = n => X.Sum([n]),
        ["Sort"] = n => X.Sort(n),
        ["ArgSort"] = n => X.ArgSort(n),
        ["TopK"] = n => X.TopK(n),
        ["CumSum"] = n => X.CumSum(n),
        ["BinCount"] = n => Ids.BinCount(n),
        ["BinCount of a number"] = n => Tensor.Full([1], n, DType.I64).BinCount(),
        ["Gather"] = n => X.Gather(n, Ids),
        ["Gather of an index"] = n => X.Gather(1, Tensor.Full([2, 1], n, DType.I64)),
        ["ScatterAdd"] = n => X.ScatterAdd(n, Ids, X),
        ["ScatterAdd at an index"] = n => X.ScatterAdd(1, Tensor.Full([2, 3], n, DType.I64), X),
        ["IndexSelect"] = n => X.IndexSelect(n, Tensor.Zeros([1], DType.I64)),
        ["IndexSelect of an index"] = n => X.IndexSelect(0, Tensor.Full([1], n, DType.I32)),
        ["Embedding"] = n => X.Embedding(Tensor.Full([1], n, DType.I64)),
        ["EmbeddingBag"] = n => X.EmbeddingBag(Tensor.Zeros([2], DType.I64), Tensor.CopyOf(new long[] { 0, n })),
        ["EmbeddingBag of many bags"] = _ => Tensor.Ones([2, 1]).EmbeddingBag(Tensor.Zeros([70_000], DType.I64), Tensor.Zeros([70_000], DType.I64), EmbeddingBagMode.Max),
        ["EmbeddingBackward"] = n => Fused.EmbeddingBackward(n, Tensor.Zeros([0], DType.I64), Tensor.Ones([0, 1 << 20])),
        ["Fused.Gather"] = n => Fused.Gather(X, n, Ids),
        ["Dropout"] = n => X.Dropout(0.5, 1, (ulong)n),
        ["Conv1d stride"] = n => Lines.Conv1d(Tensor.Ones([1, 2, 2]), stride: n),
        ["Conv1d padding"] = n => Lines.Conv1d(Tensor.Ones([1, 2, 2]), padding: n),
        ["Conv1d dilation"] = n => Lines.Conv1d(Tensor.Ones([1, 2, 2]), dilation: n),
        ["Conv1d groups"] = n => Lines.Conv1d(Tensor.Ones([1, 2, 2]), groups: n),
        ["Conv2d stride and padding"] = n => Images.Conv2d(Tensor.Ones([1, 2, 2, 2]), stride: n, padding: Math.Max(n / 2, 0)),
        ["Conv2d dilation and padding"] = n => Images.Conv2d(Tensor.Ones([1, 2, 2, 2]), stride: 1 << 30, dilation: n, padding: 1 << 29),
        ["ConvTranspose1d stride"] = n => Lines.ConvTranspose1d(Tensor.Ones([2, 1, 2]), stride: n),
        ["ConvTranspose1d stride of one input"] = n => Tensor.Ones([1, 2, 1]).ConvTranspose1d(Tensor.Ones([2, 1, 2]), stride: n),
        ["ConvTranspose1d padding"] = n => Lines.ConvTranspose1d(Tensor.Ones([2, 1, 2]), padding: n),
        ["ConvTranspose2d dilation"] = n => Images.ConvTranspose2d(Tensor.Ones([2, 1, 2, 2]), dilation: n, outputPadding: n),
        ["ConvTranspose2d groups"] = n => Images.ConvTranspose2d(Tensor.Ones([2, 1, 2, 2]), groups: n),
        ["Conv2dWeightGradient"] = n => Fused.Conv2dWeightGradient(Images, Tensor.Ones([1, 1, 1, 1]), 2, new ConvOptions { Stride = n }),
        ["Conv2dInputGradient"] = n => Fused.Conv2dInputGradient(Tensor.Ones([1, 1, 1, 1]), Tensor.Ones([1, 1, 2, 2]), n, new ConvOptions { Stride = n }),
        ["MaxPool1d"] = n => Lines.MaxPool1d(n),
        ["MaxPool1d padding"] = n => Lines.MaxPool1d(n, 1, Math.Max(n / 2, 0), out _),
        ["MaxPool1d stride"] = n => Lines.MaxPool1d(2, n),
        ["MaxPool2d"] = n => Images.MaxPool2d(n, n, Math.Max(n / 2, 0)),
        ["MaxPool2d padding"] = n => Images.MaxPool2d(2, 2, n, out _),
        ["AvgPool1d"] = n => Lines.AvgPool1d(n, n),
        ["AvgPool1d padding"] = n => Lines.AvgPool1d(n, n, Math.Max(n / 2, 0)),
        ["AvgPool2d"] = n => Images.AvgPool2d((2, n), (n, 2), (0, Math.Max(n / 2, 0))),
        ["AdaptiveAvgPool1d"] = n => Lines.AdaptiveAvgPool1d(n),
        ["AdaptiveMaxPool1d"] = n => Lines.AdaptiveMaxPool1d(n, out _),
        ["AdaptiveAvgPool2d"] = n => Images.AdaptiveAvgPool2d((n, 2)),
        ["AdaptiveMaxPool2d"] = n => Images.AdaptiveMaxPool2d((2, n), out _),
        ["UpsampleNearest2d"] = n => Images.UpsampleNearest2d((1, n)),
        ["UpsampleNearest2d of both"] = n => Images.UpsampleNearest2d((Math.Max(n, 0) / 2, Math.Max(n, 0) / 2)),
        ["UpsampleBilinear2d"] = n => Images.UpsampleBilinear2d((n, 1), alignCorners: true),
        ["Resampling.Identity"] = n => Resampling.Identity(n < 1 << 20 ? n : int.MaxValue),
        ["Resampling.Pool"] = n => Resampling.Pool(5, n, n, Math.Max(n / 2, 0)),
        ["Resampling.Pool of a size"] = n => Resampling.Pool(n, 2, 2, n),
        ["Resampling.Adaptive"] = n => Resampling.Adaptive(n, 3),
        ["Resampling.Adaptive outputs"] = n => Resampling.Adaptive(3, n < 1 << 20 ? n : int.MaxValue),
        ["Resampling.Nearest"] = n => Resampling.Nearest(3, n < 1 << 20 ? n : int.MaxValue),
        ["Resampling.Linear"] = n => Resampling.Linear(n, 3, true),
        ["GroupNorm"] = n => Images.GroupNorm(n),
        ["RotaryTables"] = n => Tensor.RotaryTables(n, 2, dtype: DType.F32),
        ["RotaryTables of channels"] = n => Tensor.RotaryTables(1 << 12, n & ~1),
        ["RotaryEmbedding"] = n => X.RotaryEmbedding(Tensor.Ones([4, 1]), Tensor.Ones([4, 1]), firstPosition: n),
        ["SelfAttention"] = n => Fused.SelfAttention(Tensor.Ones([1, 2, 6]), n, true, out _),
        ["SelfAttention, three times as many do not fit an int"] = n => Fused.SelfAttention(Tensor.Ones([1, 2, 6]), n > 4096 ? 1431655766 : n, true, out _),
        ["SelfAttention of nothing"] = n => Fused.SelfAttention(Tensor.Ones([1, 2, 0]), n, true, out _),
        ["Alibi"] = n => AttentionOptions.Alibi(n is > 4096 ? int.MaxValue : n),
        ["Window"] = n => Tensor.Attention(X, X, X, new AttentionOptions { Window = n, Causal = false }),
        ["Blocks"] = n => _ = new AttentionOptions { Window = Math.Max(n, 1) }.Blocks(int.MaxValue, int.MaxValue).Take(3).Count(),
        ["Einsum"] = n => Tensor.Einsum("i,j,k->ijk", Stretched(n), Stretched(n), Stretched(n)),
        ["Einsum of a product"] = n => Tensor.Einsum("aij,ajk->aik", Stretched(n).Reshape(-1, 1, 1), Stretched(n).Reshape(-1, 1, 1)),
        ["Rng.Next"] = n => new Rng(1).Next(n),
        ["Rng.Reserve"] = n => new Rng(1).Reserve(n < 0 ? long.MinValue : n),
        ["CtcLoss"] = n => Tensor.Ones([3, 1, 4]).CtcLoss(Tensor.Ones([1, 1], DType.I64), Tensor.Full([1], 3, DType.I64), Tensor.Ones([1], DType.I64), n, out _),
    };

    public static TheoryData<string> Names() => new(Calls.Keys);

    private static Tensor Stretched(int n) => Tensor.Ones([1]).Expand([Math.Max(n, 1)]);

    [Theory]
    [MemberData(nameof(Names))]
    public void Size_Extreme_EndsAtOnceWithAValueOrATypedError(string name)
    {
        foreach (int n in Extremes)
        {
            using MemoryScope scope = MemoryScope.Begin();
            Exception? error = null;
            // In a thread of its own: what never ends fails this test, and does not stop the others.
            Thread thread = new(() => error = Record.Exception(() => Run(name, n))) { IsBackground = true };
            long before = Environment.WorkingSet;
            TimeSpan start = Environment.CpuUsage.TotalTime; // not the clock's, which a busy machine stretches
            thread.Start();
            Assert.True(thread.Join(TimeSpan.FromSeconds(30)), $"{name} of {n} does not end");
            TimeSpan taken = Environment.CpuUsage.TotalTime - start;
            Assert.True(taken < TimeSpan.FromSeconds(1), $"{name} of {n} takes {taken}");
            Assert.True(Environment.WorkingSet - before < 1L << 30, $"{name} of {n} takes {(Environment.WorkingSet - before) >> 20} MiB");
            Assert.True(error is null or MiniStackException or ArgumentOutOfRangeException, $"{name} of {n}: {error}");
        }
    }

    private static void Run(string name, int n)
    {
        using MemoryScope scope = MemoryScope.Begin();
        Calls[name](n);
    }

    [Fact]
    public void Reserve_LongMaxValue_DoesNotWrap() => Assert.True(new Rng(1).Reserve(long.MaxValue) == 0);

    /// <summary>A size that is added to the public surface must be tried here.</summary>
    [Fact]
    public void Table_EveryMethodOfTensorWithANumber_IsInIt()
    {
        Type[] sizes = [typeof(int), typeof(int?), typeof(long), typeof(Pair), typeof(Pair?), typeof(ReadOnlySpan<int>), typeof(ReadOnlySpan<(int, int)>), typeof(ReadOnlySpan<TensorIndex>)];
        string[] exempt = ["Sum", "Mean", "Max", "Min", "Variance", "StandardDeviation", "LogSumExp", "Norm", "Prod", "op_Addition", "op_Subtraction", "op_Multiply", "get_Part", "set_Part", "Fill", "Resample1d"];
        string[] missing =
        [
            .. from method in typeof(Tensor).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
               where method.GetParameters().Any(parameter => sizes.Contains(parameter.ParameterType))
               where !exempt.Contains(method.Name) && !Calls.Keys.Any(name => name.Split(' ')[0] == method.Name)
               select method.Name,
        ];
        Assert.True(missing.Length == 0, string.Join(", ", missing));
    }

    /// <summary>A stretched view shows more elements than any tensor has; the sum of them is right.</summary>
    [Fact]
    public void Reductions_MoreThanTwoToThe31_AreRight()
    {
        const int Big = 1 << 20;
        Tensor x = Tensor.CopyOf(new[] { 1f, 2, -3.5f, 4 }, [1, 4, 1]).Expand([Big, 4, Big]);
        Assert.Equal(3.5 * Big * Big, x.Sum().Item());
        Assert.Equal([1.0 * Big * Big, 2.0 * Big * Big, -3.5 * Big * Big, 4.0 * Big * Big], x.Sum([0, 2]).To(DType.F64).ToArray<double>());
        Assert.Equal(4, x.Max().Item());
        Assert.Equal(-3.5, x.Min().Item());
        Assert.Equal(3.5 / 4, x.Mean().Item(), 1e-6);
        Tensor whole = Tensor.CopyOf(new[] { 1L, 2, 3 }, [1, 3]).Expand([int.MaxValue, 3]);
        Assert.Equal(6L * int.MaxValue, whole.Sum().Item<long>());
        Assert.Equal([int.MaxValue * 1L, int.MaxValue * 2L, int.MaxValue * 3L], whole.Sum([0]).ToArray<long>());
        Assert.Equal(unchecked(6 * int.MaxValue), whole.To2I32().Sum().Item<int>());
        Assert.Equal([0L, 0, 0, 0], Tensor.Ones([1, 4, 1]).Expand([1, 4, int.MaxValue]).ArgMax().Flatten().ToArray<long>());
        Assert.Throws<ShapeException>(() => x.BinCountOfBytes());
    }
}

file static class Stretched
{
    public static Tensor To2I32(this Tensor x) => x.Slice(0, 0, 1).To(DType.I32).Expand(x.Shape);

    public static Tensor BinCountOfBytes(this Tensor x) => Tensor.Ones([1, 1, 1], DType.U8).Expand(x.Shape).BinCount();
}
