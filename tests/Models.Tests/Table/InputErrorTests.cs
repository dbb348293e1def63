using MiniStack.Models;

namespace MiniStack.Tests;

/// <summary>What does not fit a model is told so before a kernel sees it.</summary>
public class InputErrorTests
{
    private static readonly Rng Rng = new(1);

    private static readonly (Action Call, string Message)[] Wrong =
    [
        (() => new Llama(new LlamaConfig(11, 8, 1, 2, 1, 8, 8), Rng).Call(Tokens(1, 9)), "Llama: tokens must be [batch, time] with time at most the context of 8, not (1, 9). Cut the sequence."),
        (() => Bert().Call(Tokens(1, 9)), "Bert: tokens must be [batch, time] with time at most the context of 8, not (1, 9). Cut the sequence. [in module bert]"),
        (() => Bert().Call(new BertInput(Tokens(1, 2), Segments: Tokens(1, 3))), "Bert: the segments must have the shape of the tokens, (1, 2), not (1, 3). [in module bert]"),
        (() => Bert().Call(new BertInput(Tokens(1, 2), Mask: Tokens(2, 2))), "Bert: the mask must have the shape of the tokens, (1, 2), not (2, 2). [in module bert]"),
        (() => Bert().Call(new BertInput(Tokens(1, 2), Mask: Tokens(1, 2))),
            "Bert: the mask must be Bool, true where there is a token, not I64. Compare the tokens with the padding's. [in module bert]"),
        (() => new LstmLanguageModel(new LstmLanguageModelConfig(11, 4, 4), Rng).Call(Tokens(3)), "LstmLanguageModel: tokens must be [batch, time], not (3). Add axes with Unsqueeze."),
        (() => new MultilayerPerceptron(new MultilayerPerceptronConfig(12, [4], 2), Rng).Call(Tensor.Zeros([2, 3, 5])),
            "MultilayerPerceptron: x must be [batch, …] with 12 numbers for each example, not (2, 3, 5). Resize the examples, or build a model of their size."),
        (() => new LeNet5(new LeNet5Config(), Rng).Call(Tensor.Zeros([2, 1, 32, 32])), "LeNet5: x must be [batch, 1, 28, 28], not (2, 1, 32, 32). Resize or pad the images."),
        (() => new LeCun1989(new LeCun1989Config(), Rng).Call(Tensor.Zeros([2, 16, 16])), "LeCun1989: x must be [batch, 1, 16, 16], not (2, 16, 16). Resize or pad the images."),
        (() => new ResNet18(new ResNet18Config(3, Width: 2), Rng).Call(Tensor.Zeros([2, 1, 8, 8])), "ResNet18: x must be [batch, 3, height, width], not (2, 1, 8, 8). Add axes with Unsqueeze, or build a model for such images."),
        (() => new ResNet20(new ResNet20Config(3, Width: 2), Rng).Call(Tensor.Zeros([3, 8, 8])), "ResNet20: x must be [batch, 3, height, width], not (3, 8, 8). Add axes with Unsqueeze, or build a model for such images."),
        (() => new VisionTransformer(new VisionTransformerConfig(8, 4, 4, 1, 2, 8, 8), Rng).Call(Tensor.Zeros([2, 3, 8, 4])),
            "VisionTransformer: x must be [batch, 3, 8, 8], not (2, 3, 8, 4). Resize or pad the images."),
        (() => new UNet(new UNetConfig(1, 1, 4, 2), Rng).Call(Tensor.Zeros([1, 1, 8, 6])),
            "UNet: x must be [batch, 1, height, width] with height and width multiples of 4, not (1, 1, 8, 6). Pad the images."),
        (() => new Autoencoder(new AutoencoderConfig(12, [], 3), Rng).Call(Tensor.Zeros([2, 11])), "Autoencoder: x must be [batch, 12], not (2, 11). Flatten the examples."),
        (() => Variational().Call(Tensor.Zeros([12])), "VariationalAutoencoder: x must be [batch, 12], not (12). Flatten the examples."),
        (() => Variational().Forward(Tensor.Zeros([2, 12]), Tensor.Zeros([3])), "VariationalAutoencoder: the noise must be (2, 3), not (3): one number for each of a code."),
    ];

    [Fact]
    public void Call_WhatDoesNotFit_SaysWhy() => Assert.All(Wrong, row =>
    {
        MiniStackException error = Assert.ThrowsAny<MiniStackException>(row.Call);
        Assert.Equal(row.Message, error.Message.Contains("[in module bert]", StringComparison.Ordinal) ? error.Message : error.Message.Split(" [in module")[0]);
    });

    private static Tensor Tokens(params int[] sizes) => Tensor.Zeros(sizes, DType.I64);

    private static Bert Bert() => new(new BertConfig(11, 8, 1, 2, 8, 8), Rng);

    private static VariationalAutoencoder Variational() => new(new VariationalAutoencoderConfig(12, [], 3), Rng);
}
