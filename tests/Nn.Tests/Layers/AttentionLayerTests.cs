using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>What attention and mixtures of experts do beyond their formulas, and what they say when they cannot do it.</summary>
public class AttentionLayerTests
{
    private static readonly Rng Random = new(1);
    private static readonly AttentionOptions Everything = new() { Causal = false };

    public static TheoryData<Func<object>, string> WrongSettings => new()
    {
        { () => new MultiHeadAttention(4, 3, Random), "MultiHeadAttention: 3 heads do not divide 4 channels evenly. Choose heads that divide the channels." },
        { () => new MultiHeadAttention(4, 0, Random), "MultiHeadAttention: 0 heads do not divide 4 channels evenly. Choose heads that divide the channels." },
        { () => new MultiHeadAttention(0, 1, Random), "MultiHeadAttention: channels must be at least 1, not 0." },
        { () => new MultiHeadAttention(4, 2, Random, keyChannels: 0), "MultiHeadAttention: keyChannels must be at least 1, not 0." },
        { () => new MultiHeadAttention(4, 2, Random, valueChannels: 0), "MultiHeadAttention: valueChannels must be at least 1, not 0." },
        { () => new MultiHeadAttention(8, 4, Random, keyHeads: 3), "MultiHeadAttention: 3 key heads do not divide 4 heads evenly. Choose key heads that divide the heads." },
        { () => new MultiHeadAttention(4, 2, Random, options: Everything with { Mask = Tensor.Zeros([2, 2]) }),
            "MultiHeadAttention: a mask belongs to a call, not to the layer. Pass it with AttentionInput." },
        { () => new MultiHeadAttention(4, 2, Random, options: Everything with { Dropout = 1 }),
            "MultiHeadAttention: the probability of dropout must be at least 0 and below 1, not 1." },
        { () => new MultiHeadAttention(4, 2, Random, options: Everything with { Window = 0 }),
            "MultiHeadAttention: the window must be at least 1, not 0: a query sees its own key." },
        { () => new MultiHeadAttention(4, 2, Random, rotary: new(3, 4)),
            "MultiHeadAttention: the rotary embedding turns 4 channels, but a head has 2. Make it for at most those." },
        { () => new GroupedQueryAttention(8, 4, 8, Random), "GroupedQueryAttention: 8 key heads do not divide 4 heads evenly. Choose key heads that divide the heads." },
        { () => new GroupedQueryAttention(8, 3, 1, Random, headSize: 0), "GroupedQueryAttention: headSize must be at least 1, not 0." },
        { () => new GroupedQueryAttention(8, 0, 1, Random, headSize: 4), "GroupedQueryAttention: heads must be at least 1, not 0." },
        { () => new RotaryEmbedding(0, 4), "RotaryEmbedding: positions must be at least 1, not 0." },
        { () => new RotaryEmbedding(2, 3),
            "RotaryTables: 2 positions, d 3 and theta 10000: channels turn in pairs, so d must be even and at least 2, and theta positive." },
        { () => new SwiGlu(0, 1, Random), "SwiGlu: channels must be at least 1, not 0." },
        { () => new SwiGlu(1, 0, Random), "SwiGlu: hidden must be at least 1, not 0." },
        { () => new TransformerEncoderLayer(4, 2, Random, hidden: 0), "TransformerEncoderLayer: hidden must be at least 1, not 0." },
        { () => new MixtureOfExperts(0, [new Identity()], Random, 1), "MixtureOfExperts: channels must be at least 1, not 0." },
        { () => new MixtureOfExperts(2, [new Identity()], Random, 0), "MixtureOfExperts: chosen must be at least 1, not 0." },
        { () => new MixtureOfExperts(2, [new Identity()], Random), "MixtureOfExperts: 2 experts are to be chosen, but there are 1. Choose fewer, or give more." },
    };

    [Theory]
    [MemberData(nameof(WrongSettings), DisableDiscoveryEnumeration = true)]
    public void Constructor_WrongSetting_Throws(Func<object> make, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigException>(make).Message);

    [Fact]
    public void Call_WrongShapes_Throws()
    {
        MultiHeadAttention attention = new(4, 2, Random);
        Says("MultiHeadAttention: queries are (3, 4), keys (3, 4) and values (3, 4): each must be [batch, time, channels], of one batch, " +
            "and keys and values of one time. Add axes with Unsqueeze. [in module MultiHeadAttention]", () => attention.Call(Tensor.Zeros([3, 4])));
        Says("MultiHeadAttention: queries are (1, 3, 4), keys (2, 3, 4)", () => attention.Call(new(Tensor.Zeros([1, 3, 4]), Tensor.Zeros([2, 3, 4]))));
        Says("MultiHeadAttention: queries are (1, 3, 4), keys (1, 3, 4) and values (1, 2, 4)",
            () => attention.Call(new(Tensor.Zeros([1, 3, 4]), null, Tensor.Zeros([1, 2, 4]))));
        Says("RotaryEmbedding: x is (1, 2, 4) from position 3 on, but there are angles for 4 positions and 4 channels: x must be […, time, d] within both. " +
            "Make it for more positions, or cut the sequence.", () => new RotaryEmbedding(4, 4).Turn(Tensor.Zeros([1, 2, 4]), 3));
        Says("RotaryEmbedding: cos is (3, 2) and sin (2, 2): both must be [positions, channels / 2].",
            () => _ = new RotaryEmbedding((Tensor.Zeros([3, 2]), Tensor.Zeros([2, 2]))));
        Says("RotaryEmbedding: x is (1, 2, 2) from position 0 on", () => new RotaryEmbedding(4, 4).Call(Tensor.Zeros([1, 2, 2])));
        Says("MixtureOfExperts: x is (2, 3), but its last axis must have 2 channels.", () => new MixtureOfExperts(2, [new Identity()], Random, 1).Call(Tensor.Zeros([2, 3])));

        static void Says(string message, Action call) => Assert.StartsWith(message, Assert.Throws<ShapeException>(call).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TransformerEncoderLayer_Keys_Throws()
    {
        Tensor x = Tensor.Zeros([1, 2, 4]);
        ConfigException error = Assert.Throws<ConfigException>(() => new TransformerEncoderLayer(4, 2, Random, 4).Call(new AttentionInput(x, x)));
        Assert.StartsWith("TransformerEncoderLayer: it looks at its own input only. Leave out keys and values, or use MultiHeadAttention.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MultiHeadAttention_StartValues_AreThoseOfPyTorch()
    {
        MultiHeadAttention attention = new(64, 4, new Rng(1));
        // Xavier over all three at once: √(6/(3·64 + 64)).
        Assert.InRange(attention.Weight!.Value.ToArray<float>().Max(MathF.Abs), 0.153, 0.15310);
        Assert.InRange(attention.Projection.Weight.Value.ToArray<float>().Max(MathF.Abs), 0.1245, 0.12500);
        Assert.All(attention.Bias!.Value.ToArray<float>().Concat(attention.Projection.Bias!.Value.ToArray<float>()), bias => Assert.Equal(0, bias));
    }

    [Fact]
    public void MultiHeadAttention_GroupedQueries_EqualKeysThatWereRepeated()
    {
        MultiHeadAttention grouped = new(8, 4, new Rng(1), bias: false, keyHeads: 2), full = new(8, 4, new Rng(2), bias: false);
        Tensor[] parts = grouped.Weight!.Value.Split([8, 4, 4]);
        full.Weight!.Value.CopyFrom(Tensor.Concat([parts[0], Repeated(parts[1]), Repeated(parts[2])]));
        full.Projection.Weight.Value.CopyFrom(grouped.Projection.Weight.Value);
        Tensor x = Tensor.Normal([2, 3, 8], new Rng(3));
        Assert.InRange(GoldenFile.Difference(full.Call(x).Value, grouped.Call(x).Value), 0, 1e-6);

        // [2 heads of 2 channels, 8] with each head twice.
        static Tensor Repeated(Tensor weight) => weight.Reshape(2, 1, 2, 8).Expand([2, 2, 2, 8]).Reshape(8, 8);
    }

    [Fact]
    public void Rotary_SharedByLayers_IsHeldOnceAndMovesWithThem()
    {
        RotaryEmbedding rotary = new(4, 2);
        ModuleList<GroupedQueryAttention> layers = new(new GroupedQueryAttention(4, 2, 1, Random, rotary), new GroupedQueryAttention(4, 2, 1, Random, rotary));
        Assert.Equal(["0.rotary_emb.cos", "0.rotary_emb.sin"], layers.NamedBuffers().Select(named => named.Name));
        Assert.DoesNotContain(layers.StateDict().Keys, name => name.Contains("rotary", StringComparison.Ordinal));
        layers.MoveTo(Device.Reference);
        Assert.Equal("(1, 4, 4)", layers[1].Call(Tensor.Zeros([1, 4, 4], device: Device.Reference)).Shape.ToString());
    }

    [Fact]
    public void Rotary_LaterQueries_StandAtTheEndOfTheKeys()
    {
        GroupedQueryAttention attention = new(4, 2, 1, new Rng(1), new RotaryEmbedding(5, 2));
        Tensor x = Tensor.Normal([1, 5, 4], new Rng(2));
        Tensor whole = attention.Call(x).Value.Slice(1, 3, 2), last = attention.Call(new(x.Slice(1, 3, 2), x)).Value;
        Assert.InRange(GoldenFile.Difference(whole, last), 0, 1e-6);
    }

    [Fact]
    public void Rotary_TablesOfOnesOwn_AreTurnedBy()
    {
        // A quarter turn at every position.
        RotaryEmbedding rotary = new((Tensor.Zeros([2, 1]), Tensor.Ones([2, 1])));
        Assert.Equal((2, 2), (rotary.Channels, rotary.Positions));
        Assert.Equal([-2f, 1, -4, 3], rotary.Call(Tensor.CopyOf(new float[,] { { 1, 2 }, { 3, 4 } })).Value.ToArray<float>());
    }

    [Fact]
    public void MixtureOfExperts_OnlyChosenOnes_Compute()
    {
        Counting[] experts = [new(), new(), new()];
        MixtureOfExperts mixture = new(2, experts, new Rng(1), chosen: 1);
        mixture.Gate.Weight.Value.CopyFrom(Tensor.CopyOf(new float[,] { { 9, 0 }, { 0, 9 }, { -9, -9 } }));
        float[] y = mixture.Call(Tensor.CopyOf(new float[,] { { 1, 0 }, { 0, 2 }, { 3, 0 } })).Value.ToArray<float>();
        Assert.Equal([2, 1, 0], experts.Select(expert => expert.Rows));
        Assert.Equal([1f, 0, 0, 2, 3, 0], y);
    }

    [Fact]
    public void BalanceLoss_EvenAndUneven_IsOneAndTheNumberOfExperts()
    {
        MixtureOfExperts mixture = new(2, [new Identity(), new Identity()], new Rng(1), chosen: 1);
        Assert.Null(mixture.BalanceLoss);
        mixture.Gate.Weight.Value.CopyFrom(Tensor.CopyOf(new float[,] { { 99, 0 }, { 0, 99 } }));
        mixture.Call(Tensor.CopyOf(new float[,] { { 1, 0 }, { 0, 1 } }));
        Assert.Equal(1, mixture.BalanceLoss!.Item(), 1e-6);
        mixture.Call(Tensor.CopyOf(new float[,] { { 1, 0 }, { 2, 0 } }));
        Assert.Equal(2, mixture.BalanceLoss.Item(), 1e-6);
        mixture.Call(Tensor.Zeros([0, 2]));
        Assert.Null(mixture.BalanceLoss);
    }

    private sealed class Counting : Layer
    {
        public int Rows { get; private set; }

        public override Variable Forward(Variable x)
        {
            Rows += x.Shape[0];
            return x;
        }
    }
}
