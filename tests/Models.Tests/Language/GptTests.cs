using MiniStack.Models;

namespace MiniStack.Tests;

public class GptTests
{
    private static readonly GptConfig Config = new(VocabularySize: 11, Context: 8, Layers: 2, Heads: 2, Channels: 6, Bias: true);

    private readonly Gpt _model = new(Config, new Rng(1));

    [Fact]
    public void NamedParameters_WithBias_AreThoseOfGpt2()
    {
        string[] block =
        [
            "ln_1.weight", "ln_1.bias", "attn.c_attn.weight", "attn.c_attn.bias", "attn.c_proj.weight", "attn.c_proj.bias",
            "ln_2.weight", "ln_2.bias", "mlp.c_fc.weight", "mlp.c_fc.bias", "mlp.c_proj.weight", "mlp.c_proj.bias",
        ];
        string[] names = ["wte.weight", "wpe.weight", .. block.Select(n => $"h.0.{n}"), .. block.Select(n => $"h.1.{n}"), "ln_f.weight", "ln_f.bias"];
        Assert.Equal(names, _model.NamedParameters().Select(named => named.Name));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 8)]
    [InlineData(0, 4)]
    public void Forward_AnyBatch_GivesOneScoreForEachToken(int batch, int time) =>
        Assert.Equal([batch, time, 11], _model.Forward(Tensor.Zeros([batch, time], DType.I64)).Shape.ToArray());

    [Fact]
    public void Forward_AtTheStart_IsAboutAsGoodAsGuessing()
    {
        Tensor tokens = Tensor.CopyOf(new long[,] { { 1, 5, 3, 2, 10, 0, 7, 4 } }), targets = Tensor.CopyOf(new long[,] { { 5, 3, 2, 10, 0, 7, 4, 9 } });
        // A little worse, because the head shares the token table: at first each token predicts itself.
        Assert.InRange(_model.Forward(tokens).CrossEntropy(targets).Item(), Math.Log(11) - 0.1, Math.Log(11) + 0.5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(7)]
    public void Forward_ALaterTokenChanged_DoesNotChangeEarlierScores(int position)
    {
        long[] tokens = [1, 5, 3, 2, 10, 0, 7, 4], changed = [.. tokens];
        changed[position] = 9;
        float[] before = Scores(tokens), after = Scores(changed);
        Assert.Equal(before[..(position * 11)], after[..(position * 11)]);
        for (int later = position; later < 8; later++)
            Assert.NotEqual(before[(later * 11)..((later + 1) * 11)], after[(later * 11)..((later + 1) * 11)]);

        float[] Scores(long[] sequence) => _model.Forward(Tensor.CopyOf(sequence, [1, 8])).Value.ToArray<float>();
    }

    [Fact]
    public void Forward_TwoSequences_DoNotSeeEachOther()
    {
        float[] both = _model.Forward(Tensor.CopyOf(new long[,] { { 1, 5 }, { 3, 2 } })).Value.ToArray<float>();
        float[] second = _model.Forward(Tensor.CopyOf(new long[,] { { 3, 2 } })).Value.ToArray<float>();
        for (int i = 0; i < second.Length; i++) Assert.Equal(second[i], both[second.Length + i], 1e-6f);
    }

    [Fact]
    public void Forward_TokensAsI32_GivesTheSame() => Assert.Equal(
        _model.Forward(Tensor.CopyOf(new long[,] { { 1, 5 } })).Value.ToArray<float>(),
        _model.Forward(Tensor.CopyOf(new[,] { { 1, 5 } })).Value.ToArray<float>());

    [Theory]
    [InlineData(new[] { 1, 9 }, "(1, 9)")]
    [InlineData(new[] { 4 }, "(4)")]
    public void Forward_TooLongOrNoMatrix_Throws(int[] sizes, string shape)
    {
        ShapeException error = Assert.Throws<ShapeException>(() => _model.Forward(Tensor.Zeros(sizes, DType.I64)));
        Assert.Equal($"Gpt: tokens must be [batch, time] with time at most the context of 8, not {shape}. Cut the sequence.", error.Message);
    }

    [Fact]
    public void Forward_ATokenOutsideTheVocabulary_NamesTheModule()
    {
        IndexException error = Assert.Throws<IndexException>(() => _model.Forward(Tensor.CopyOf(new long[,] { { 11 } })));
        Assert.Equal("Embedding: index 11 is outside 0 to 10; there are 11 rows. [in module wte]", error.Message);
    }

    [Fact]
    public void Constructor_SameSeed_MakesTheSameModel() => Assert.Equal(
        _model.StateDict().Values.SelectMany(tensor => tensor.ToArray<float>()),
        new Gpt(Config, new Rng(1)).StateDict().Values.SelectMany(tensor => tensor.ToArray<float>()));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Backward_WholeModel_EqualsDifferences(bool bias)
    {
        Rng rng = new(3);
        Gpt model = new(new GptConfig(VocabularySize: 3, Context: 3, Layers: 1, Heads: 2, Channels: 4, bias), rng);
        model.ConvertTo(DType.F64);
        foreach (Parameter parameter in model.Parameters())
            parameter.Value.CopyFrom(Tensor.Uniform(parameter.Shape, rng, -1, 1, DType.F64));
        Tensor tokens = Tensor.CopyOf(new long[,] { { 0, 2, 1 } }), targets = Tensor.CopyOf(new long[,] { { 2, 1, 1 } });
        GradCheck.Run(() => model.Forward(tokens).CrossEntropy(targets), [.. model.Parameters()]);
    }
}
