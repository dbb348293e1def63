using MiniStack.Models;

namespace MiniStack.Tests;

/// <summary>Counts that papers and other programs report.</summary>
public class ParameterCountTests
{
    public static TheoryData<string, long, long> Counts => new()
    {
        { "LeCun et al. 1989", 9_760, new LeCun1989Config().ParameterCount },
        { "LeNet-5, as built today", 61_706, new LeNet5Config().ParameterCount },
        { "ResNet-20 with shortcuts that learn nothing: 0.27 million in the paper", 269_722, new ResNet20Config().ParameterCount },
        { "torchvision's resnet18", 11_689_512, new ResNet18Config().ParameterCount },
        { "GPT-2 small", 124_439_808, new GptConfig(50_257, 1024, 12, 12, 768, Bias: true).ParameterCount },
        { "BertForMaskedLM of bert-base-uncased", 109_514_298, new BertConfig(30_522, 512, 12, 12, 768, 3072).ParameterCount },
        { "Llama 2 7B", 6_738_415_616, new LlamaConfig(32_000, 4096, 32, 32, 32, 4096, 11_008).ParameterCount },
        { "Llama 3.2 1B", 1_235_814_400, new LlamaConfig(128_256, 131_072, 16, 32, 8, 2048, 8192, TiedHead: true, 500_000).ParameterCount },
        { "torchvision's vit_b_16", 86_567_656, new VisionTransformerConfig(224, 16, 1000, 12, 12, 768, 3072).ParameterCount },
    };

    [Theory]
    [MemberData(nameof(Counts))]
    public void ParameterCount_OfAKnownModel_IsWhatOthersCount(string model, long expected, long actual) =>
        Assert.True(expected == actual, $"{model}: {actual} instead of {expected}");

    [Fact]
    public void ParameterCount_OfModelsThatAreSmallEnoughToMake_IsTheirs()
    {
        Assert.Equal(9_760, new LeCun1989(new LeCun1989Config(), new Rng(1)).ParameterCount);
        Assert.Equal(61_706, new LeNet5(new LeNet5Config(), new Rng(1)).ParameterCount);
        Assert.Equal(269_722, new ResNet20(new ResNet20Config(), new Rng(1)).ParameterCount);
    }
}
