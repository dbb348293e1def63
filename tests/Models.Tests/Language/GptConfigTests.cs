using MiniStack.Models;

namespace MiniStack.Tests;

public class GptConfigTests
{
    private static readonly GptConfig Good = new(VocabularySize: 11, Context: 8, Layers: 2, Heads: 2, Channels: 6);

    [Theory]
    [InlineData(11, 8, 2, 2, 6, false)]
    [InlineData(11, 8, 2, 2, 6, true)]
    [InlineData(5, 3, 1, 1, 1, true)]
    [InlineData(7, 4, 3, 4, 8, false)]
    public void ParameterCount_AnyConfig_IsTheModels(int vocabulary, int context, int layers, int heads, int channels, bool bias)
    {
        GptConfig config = new(vocabulary, context, layers, heads, channels, bias);
        Assert.Equal(new Gpt(config, new Rng(1)).ParameterCount, config.ParameterCount);
    }

    [Fact]
    public void ParameterCount_Nano_IsNanoGptsPlusPositions()
    {
        // nanoGPT reports 0.80M for this configuration with 65 characters; it leaves the 64·128 position weights out.
        Assert.Equal(804_096, GptConfig.Nano(65).ParameterCount);
    }

    [Theory]
    [InlineData(0, 8, 2, 2, 6, 0, "The vocabulary size must be between 1 and 10000000, not 0.")]
    [InlineData(11, 0, 2, 2, 6, 0, "The context must be between 1 and 1000000, not 0.")]
    [InlineData(11, 8, 0, 2, 6, 0, "The number of layers must be between 1 and 1000, not 0.")]
    [InlineData(11, 8, 2, 0, 6, 0, "The number of heads must be between 1 and 10000, not 0.")]
    [InlineData(11, 8, 2, 2, -6, 0, "The number of channels must be between 1 and 100000, not -6.")]
    [InlineData(11, 8, 2, 4, 6, 0, "4 heads do not divide 6 channels evenly. Choose heads that divide the channels.")]
    [InlineData(11, 8, 2, 2, 6, 1, "The dropout must be at least 0 and below 1, not 1.")]
    [InlineData(11, 8, 2, 2, 6, double.NaN, "The dropout must be at least 0 and below 1, not NaN.")]
    public void Check_SizesThatMakeNoModel_Throws(
        int vocabulary, int context, int layers, int heads, int channels, double dropout, string message)
    {
        GptConfig config = new(vocabulary, context, layers, heads, channels, Dropout: dropout);
        Assert.Equal(message, Assert.Throws<ConfigException>(config.Check).Message);
        Assert.Equal(message, Assert.Throws<ConfigException>(() => new Gpt(config, new Rng(1))).Message);
    }

    [Fact]
    public void Check_GoodSizes_Passes() => Good.Check();
}
