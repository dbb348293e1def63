using MiniStack.Nn;

namespace MiniStack.Tests;

public class LayerTests
{
    [Fact]
    public void Linear_SmallNumbers_MultipliesByTheTransposeAndAdds()
    {
        Linear layer = new(2, 3, new Rng(1));
        layer.Weight.Value.CopyFrom(Tensor.CopyOf(new float[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }));
        layer.Bias!.Value.CopyFrom(Tensor.CopyOf([10f, 20, 30]));
        Assert.Equal([15f, 31, 47], layer.Call(Tensor.CopyOf([1f, 2])).Value.ToArray<float>());
    }

    [Fact]
    public void Linear_StartValues_AreWithinPyTorchsBound()
    {
        Linear layer = new(16, 200, new Rng(1));
        float[] weights = layer.Weight.Value.ToArray<float>(), biases = layer.Bias!.Value.ToArray<float>();
        Assert.InRange(weights.Max(MathF.Abs), 0.24f, 0.25f);
        Assert.InRange(biases.Max(MathF.Abs), 0.23f, 0.25f);
    }

    [Fact]
    public void Linear_WithDeviation_IsNormalAndStartsWithoutBias()
    {
        Linear layer = new(100, 100, new Rng(1), std: 0.02);
        double[] weights = [.. layer.Weight.Value.ToArray<float>()];
        Assert.InRange(Math.Sqrt(weights.Average(w => w * w)), 0.0195, 0.0205);
        Assert.All(layer.Bias!.Value.ToArray<float>(), bias => Assert.Equal(0, bias));
    }

    [Fact]
    public void LayerNorm_AtTheStart_MakesMeanZeroAndVarianceOne()
    {
        float[] y = new LayerNorm(8).Call(Tensor.Normal([8], new Rng(1), mean: 3, std: 5)).Value.ToArray<float>();
        Assert.Equal(0, y.Average(), 1e-5);
        Assert.Equal(1, y.Average(v => v * v), 1e-4);
    }

    [Fact]
    public void RmsNorm_AtTheStart_MakesRootMeanSquareOne()
    {
        float[] y = new RmsNorm(8).Call(Tensor.Normal([8], new Rng(1), mean: 3, std: 5)).Value.ToArray<float>();
        Assert.Equal(1, y.Average(v => v * v), 1e-5);
    }

    [Fact]
    public void Embedding_Call_PicksRows()
    {
        Embedding table = new(3, 2, new Rng(1));
        table.Weight.Value.CopyFrom(Tensor.CopyOf(new float[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }));
        Assert.Equal([5f, 6, 1, 2], table.Call(Tensor.CopyOf([2L, 0])).Value.ToArray<float>());
    }

    [Fact]
    public void CausalSelfAttention_ALaterPosition_DoesNotChangeEarlierOnes()
    {
        CausalSelfAttention layer = new(4, 2, new Rng(1), bias: true, dropout: 0, std: 1, projectionStd: 1);
        Tensor x = Tensor.Normal([1, 5, 4], new Rng(2)), changed = x.Clone();
        changed.Slice(1, 3, 1).Fill(9);
        float[] before = layer.Call(x).Value.ToArray<float>(), after = layer.Call(changed).Value.ToArray<float>();
        Assert.Equal(before[..12], after[..12]);
        Assert.NotEqual(before[12..16], after[12..16]);
        Assert.NotEqual(before[16..], after[16..]);
    }

    [Fact]
    public void CausalSelfAttention_HeadsThatDoNotDivide_Throws()
    {
        ConfigException error = Assert.Throws<ConfigException>(
            () => new CausalSelfAttention(4, 3, new Rng(1), bias: true, dropout: 0, std: 1, projectionStd: 1));
        Assert.Equal("Attention: 3 heads do not divide 4 channels evenly. Choose heads that divide the channels.", error.Message);
    }

    [Fact]
    public void Call_WrongChannels_NamesOperationShapesAndModule()
    {
        TransformerBlock block = new(4, 2, new Rng(1), bias: true, dropout: 0, std: 1, projectionStd: 1);
        ShapeException error = Assert.Throws<ShapeException>(() => block.Mlp.Call(Tensor.Zeros([1, 2, 5])));
        Assert.Equal(
            "LinearGelu: x is (1, 2, 5) and weight is (16, 4): weight must be [outputs, inputs], with inputs equal to x's last axis. " +
            "[in module mlp.c_fc]", error.Message);
        Assert.Equal("mlp.c_fc", error.ModulePath);
    }

    [Fact]
    public void Call_OutermostModule_IsNamedByItsType()
    {
        ShapeException error = Assert.Throws<ShapeException>(() => new Linear(4, 3, new Rng(1)).Call(Tensor.Zeros([5])));
        Assert.EndsWith("[in module Linear]", error.Message);
    }

    [Fact]
    public void Call_AttentionOnAMatrix_SaysWhichAxesItWants()
    {
        TransformerBlock block = new(4, 2, new Rng(1), bias: true, dropout: 0, std: 1, projectionStd: 1);
        ShapeException error = Assert.Throws<ShapeException>(() => block.Call(Tensor.Zeros([2, 4])));
        Assert.Equal("Attention: x must be [batch, time, channels], not (2, 4). Add axes with Unsqueeze. [in module attn]", error.Message);
    }

    [Fact]
    public void Call_IndexOutsideTheTable_NamesTheModule()
    {
        IndexException error = Assert.Throws<IndexException>(() => new Embedding(3, 2, new Rng(1)).Call(Tensor.CopyOf([3L])));
        Assert.Equal("Embedding: index 3 is outside 0 to 2; there are 3 rows. [in module Embedding]", error.Message);
    }
}
