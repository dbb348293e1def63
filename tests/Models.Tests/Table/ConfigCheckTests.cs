using MiniStack.Models;

namespace MiniStack.Tests;

/// <summary>Every mistake in a configuration has a sentence of its own.</summary>
public class ConfigCheckTests
{
    private static readonly LlamaConfig Llama = new(11, 8, 2, 4, 2, 16, 24);
    private static readonly BertConfig Bert = new(11, 8, 2, 2, 16, 24);
    private static readonly LstmLanguageModelConfig Lstm = new(11, 8, 16);
    private static readonly MultilayerPerceptronConfig Perceptron = new(12, [16], 4);
    private static readonly ResNet18Config ResNet18 = new();
    private static readonly ResNet20Config ResNet20 = new();
    private static readonly VisionTransformerConfig Vit = new(8, 4, 4, 2, 2, 16, 24);
    private static readonly UNetConfig UNet = new(1, 1, 4, 2);
    private static readonly AutoencoderConfig Autoencoder = new(12, [16], 3);
    private static readonly VariationalAutoencoderConfig Variational = new(12, [16], 3);

    private static readonly (IModelConfig Config, string Message)[] Wrong =
    [
        (Llama with { VocabularySize = 0 }, "The vocabulary size must be between 1 and 10000000, not 0."),
        (Llama with { Context = 1_000_001 }, "The context must be between 1 and 1000000, not 1000001."),
        (Llama with { Layers = 0 }, "The number of layers must be between 1 and 1000, not 0."),
        (Llama with { Heads = 0 }, "The number of heads must be between 1 and 10000, not 0."),
        (Llama with { Heads = 3 }, "3 heads do not divide 16 channels evenly. Choose heads that divide the channels."),
        (Llama with { KeyHeads = 0 }, "The number of key heads must be between 1 and 10000, not 0."),
        (Llama with { KeyHeads = 3 }, "3 key heads do not divide 4 heads evenly. Choose key heads that divide the heads."),
        (Llama with { Heads = 16 }, "16 heads of 16 channels have 1 each, but positions turn pairs. Choose heads of even size."),
        (Llama with { Channels = 0 }, "The number of channels must be between 1 and 100000, not 0."),
        (Llama with { Hidden = 0 }, "The number of hidden channels must be between 1 and 1000000, not 0."),
        (Llama with { Theta = 0 }, "The base of the wavelengths must be above 0 and finite, not 0."),
        (Llama with { Epsilon = double.PositiveInfinity }, "The epsilon of the norms must be above 0 and finite, not Infinity."),
        (Bert with { VocabularySize = 0 }, "The vocabulary size must be between 1 and 10000000, not 0."),
        (Bert with { Context = 0 }, "The context must be between 1 and 1000000, not 0."),
        (Bert with { Layers = 0 }, "The number of layers must be between 1 and 1000, not 0."),
        (Bert with { Heads = 3 }, "3 heads do not divide 16 channels evenly. Choose heads that divide the channels."),
        (Bert with { Hidden = 0 }, "The number of hidden channels must be between 1 and 1000000, not 0."),
        (Bert with { Segments = 0 }, "The number of segments must be between 1 and 100000, not 0."),
        (Bert with { Dropout = 1 }, "The dropout must be at least 0 and below 1, not 1."),
        (Bert with { Epsilon = 0 }, "The epsilon of the norms must be above 0 and finite, not 0."),
        (Lstm with { VocabularySize = 0 }, "The vocabulary size must be between 1 and 10000000, not 0."),
        (Lstm with { Channels = 0 }, "The number of channels must be between 1 and 100000, not 0."),
        (Lstm with { Hidden = 0 }, "The number of hidden channels must be between 1 and 100000, not 0."),
        (Lstm with { Layers = 1001 }, "The number of layers must be between 1 and 1000, not 1001."),
        (Lstm with { Dropout = -0.5 }, "The dropout must be at least 0 and below 1, not -0.5."),
        (Perceptron with { Inputs = 0 }, "The number of inputs must be between 1 and 10000000, not 0."),
        (Perceptron with { Hidden = [3, 0] }, "The hidden layer must be between 1 and 1000000, not 0."),
        (Perceptron with { Hidden = new int[1001] }, "There are 1001 layers given for the hidden layer; at most 1000 are allowed."),
        (Perceptron with { Outputs = 0 }, "The number of outputs must be between 1 and 10000000, not 0."),
        (Perceptron with { Dropout = double.NaN }, "The dropout must be at least 0 and below 1, not NaN."),
        (new LeNet5Config(Classes: 0), "The number of classes must be between 1 and 10000000, not 0."),
        (new LeNet5Config(Channels: 0), "The number of image channels must be between 1 and 100000, not 0."),
        (new LeCun1989Config(Classes: 0), "The number of classes must be between 1 and 10000000, not 0."),
        (ResNet18 with { Classes = 0 }, "The number of classes must be between 1 and 10000000, not 0."),
        (ResNet18 with { Channels = 0 }, "The number of image channels must be between 1 and 100000, not 0."),
        (ResNet18 with { Width = 0 }, "The width must be between 1 and 100000, not 0."),
        (ResNet20 with { Classes = 0 }, "The number of classes must be between 1 and 10000000, not 0."),
        (ResNet20 with { Channels = 0 }, "The number of image channels must be between 1 and 100000, not 0."),
        (ResNet20 with { Width = 0 }, "The width must be between 1 and 100000, not 0."),
        (Vit with { ImageSize = 0 }, "The image size must be between 1 and 10000, not 0."),
        (Vit with { PatchSize = 0 }, "The patch size must be between 1 and 10000, not 0."),
        (Vit with { PatchSize = 3 }, "Patches of 3 do not divide images of 8 evenly. Choose patches that do, or resize the images."),
        (Vit with { Classes = 0 }, "The number of classes must be between 1 and 10000000, not 0."),
        (Vit with { Layers = 0 }, "The number of layers must be between 1 and 1000, not 0."),
        (Vit with { Heads = 3 }, "3 heads do not divide 16 channels evenly. Choose heads that divide the channels."),
        (Vit with { Hidden = 0 }, "The number of hidden channels must be between 1 and 1000000, not 0."),
        (Vit with { ImageChannels = 0 }, "The number of image channels must be between 1 and 100000, not 0."),
        (Vit with { Dropout = 1 }, "The dropout must be at least 0 and below 1, not 1."),
        (UNet with { Channels = 0 }, "The number of image channels must be between 1 and 100000, not 0."),
        (UNet with { Outputs = 0 }, "The number of outputs must be between 1 and 100000, not 0."),
        (UNet with { Width = 0 }, "The width must be between 1 and 100000, not 0."),
        (UNet with { Levels = 11 }, "The number of levels must be between 1 and 10, not 11."),
        (UNet with { Groups = 0 }, "The number of groups must be between 1 and 100000, not 0."),
        (UNet with { Groups = 3 }, "3 groups do not divide 4 channels evenly. Choose groups that divide the channels."),
        (Autoencoder with { Inputs = 0 }, "The number of inputs must be between 1 and 10000000, not 0."),
        (Autoencoder with { Hidden = [0] }, "The hidden layer must be between 1 and 1000000, not 0."),
        (Autoencoder with { Code = 0 }, "The size of a code must be between 1 and 1000000, not 0."),
        (Variational with { Inputs = 0 }, "The number of inputs must be between 1 and 10000000, not 0."),
        (Variational with { Hidden = [0] }, "The hidden layer must be between 1 and 1000000, not 0."),
        (Variational with { Code = 0 }, "The size of a code must be between 1 and 1000000, not 0."),
    ];

    [Fact]
    public void Check_SizesThatMakeNoModel_SaysWhich() =>
        Assert.All(Wrong, row => Assert.Equal(row.Message, Assert.Throws<ConfigException>(row.Config.Check).Message));

    [Fact]
    public void Constructor_SizesThatMakeNoModel_SaysTheSame() => Assert.All(Wrong, row =>
    {
        ModelRow of = ModelTable.All.Single(model => model.Config.GetType() == row.Config.GetType());
        Assert.Equal(row.Message, Assert.Throws<ConfigException>(() => of.Make(row.Config, new Rng(1))).Message);
    });

    [Fact]
    public void Check_TheLargestSizes_CountWithoutOverflow()
    {
        IModelConfig[] largest =
        [
            new GptConfig(10_000_000, 1_000_000, 1_000, 1, 100_000, Bias: true), new LlamaConfig(10_000_000, 1_000_000, 1_000, 1, 1, 100_000, 1_000_000),
            new BertConfig(10_000_000, 1_000_000, 1_000, 1, 100_000, 1_000_000), new LstmLanguageModelConfig(10_000_000, 100_000, 100_000, 1_000),
            new MultilayerPerceptronConfig(10_000_000, [.. Enumerable.Repeat(1_000_000, 1_000)], 10_000_000), new LeNet5Config(10_000_000, 100_000),
            new LeCun1989Config(10_000_000), new ResNet18Config(10_000_000, 100_000, 100_000), new ResNet20Config(10_000_000, 100_000, 100_000),
            new VisionTransformerConfig(10_000, 1, 10_000_000, 1_000, 1, 100_000, 1_000_000, 100_000), new UNetConfig(100_000, 100_000, 100_000, 10),
            new AutoencoderConfig(10_000_000, [.. Enumerable.Repeat(1_000_000, 1_000)], 1_000_000),
            new VariationalAutoencoderConfig(10_000_000, [.. Enumerable.Repeat(1_000_000, 1_000)], 1_000_000),
        ];
        Assert.Equal(ModelTable.All.Select(row => row.Config.GetType()).OrderBy(type => type.Name), largest.Select(config => config.GetType()).OrderBy(type => type.Name));
        Assert.All(largest, config =>
        {
            config.Check();
            Assert.InRange(config.ParameterCount, 300_000_000, long.MaxValue / 8);
        });
    }
}
