using MiniStack.Models;
using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>Another task builds upon the encoder: it registers one of its own, under the names of a whole model.</summary>
public class BertEncoderTests
{
    private static readonly BertConfig Config = new(11, 8, 2, 2, 8, 16);

    [Fact]
    public void BertEncoder_InAModelOfOnesOwn_LoadsTheStateOfABert()
    {
        Bert bert = new(Config, new Rng(1));
        Classifier classifier = new(new Rng(2));
        StateDictReport report = classifier.LoadStateDict(bert.StateDict(), strict: false);
        Assert.Equal(["head.weight", "head.bias"], report.Missing);
        Assert.All(report.Unexpected, name => Assert.StartsWith("cls.predictions.", name, StringComparison.Ordinal));
        bert.Eval();
        classifier.Eval();
        Tensor tokens = Tensor.CopyOf([1L, 2, 3], [1, 3]);
        Assert.Equal(bert.Encoder.Call(tokens).Value.ToArray<float>(), classifier.Encoder.Call(tokens).Value.ToArray<float>());
        Assert.Equal([1, 2], classifier.Call(tokens).Shape);
    }

    [Fact]
    public void BertEncoder_OfImpossibleSizes_Throws() =>
        Assert.Equal(
            Assert.Throws<ConfigException>(() => new Bert(Config with { Heads = 3 }, new Rng(1))).Message,
            Assert.Throws<ConfigException>(() => new BertEncoder(Config with { Heads = 3 }, new Rng(1))).Message);

    private sealed class Classifier : Layer<BertInput, Variable>
    {
        private readonly Linear _head;

        public Classifier(Rng rng)
        {
            Encoder = Register("bert", new BertEncoder(Config, rng));
            _head = Register("head", new Linear(Config.Channels, 2, rng));
        }

        public BertEncoder Encoder { get; }

        public override Variable Forward(BertInput input) => _head.Call(Encoder.Call(input).Select(1, 0));
    }
}
