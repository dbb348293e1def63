using MiniStack.Models;

namespace MiniStack.Tests;

/// <summary>Every model of the room.</summary>
internal static class ModelTable
{
    private const int Vocabulary = 11, Batch = 3, Time = 6;

    public static IReadOnlyList<ModelRow> All { get; } =
    [
        ModelRow.Of(
            new GptConfig(Vocabulary, 8, 2, 2, 16, Bias: true), new GptConfig(Vocabulary, 8, 2, 2, 18, Bias: true), (config, rng) => new Gpt(config, rng),
            Text, (model, batch) => model.Call(batch[0]), (model, batch) => model.Call(batch[0]).CrossEntropy(batch[1])),
        ModelRow.Of(
            new LlamaConfig(Vocabulary, 8, 2, 4, 2, 16, 24, TiedHead: true), new LlamaConfig(Vocabulary, 8, 2, 4, 4, 16, 24, TiedHead: true),
            (config, rng) => new Llama(config, rng),
            Text, (model, batch) => model.Call(batch[0]), (model, batch) => model.Call(batch[0]).CrossEntropy(batch[1])),
        ModelRow.Of(
            new BertConfig(Vocabulary, 8, 2, 2, 16, 24, Dropout: 0), new BertConfig(Vocabulary, 8, 3, 2, 16, 24, Dropout: 0), (config, rng) => new Bert(config, rng),
            Masked, (model, batch) => model.Call(new BertInput(batch[0], Mask: batch[2])),
            (model, batch) => model.Call(new BertInput(batch[0], Mask: batch[2])).CrossEntropy(batch[1], new CrossEntropyOptions { IgnoreIndex = -100 })),
        ModelRow.Of(
            new LstmLanguageModelConfig(Vocabulary, 8, 16, 2), new LstmLanguageModelConfig(Vocabulary, 8, 16, 1), (config, rng) => new LstmLanguageModel(config, rng),
            Text, (model, batch) => model.Call(batch[0]), (model, batch) => model.Call(batch[0]).CrossEntropy(batch[1])) with { Steps = 200, LearningRate = 2e-2 },
        ModelRow.Of(
            new MultilayerPerceptronConfig(12, [16, 8], 4), new MultilayerPerceptronConfig(12, [16], 4), (config, rng) => new MultilayerPerceptron(config, rng),
            rng => Images(rng, 4, 1, 3, 4), (model, batch) => model.Call(batch[0]), (model, batch) => model.Call(batch[0]).CrossEntropy(batch[1])),
        ModelRow.Of(
            new LeNet5Config(4), new LeNet5Config(5), (config, rng) => new LeNet5(config, rng),
            rng => Images(rng, 4, 1, 28, 28), (model, batch) => model.Call(batch[0]), (model, batch) => model.Call(batch[0]).CrossEntropy(batch[1])),
        ModelRow.Of(
            new LeCun1989Config(4), new LeCun1989Config(5), (config, rng) => new LeCun1989(config, rng),
            rng => Images(rng, 4, 1, 16, 16), (model, batch) => model.Call(batch[0]),
            (model, batch) => model.Call(batch[0]).MeanSquaredError(batch[1].OneHot(4) * 2 - 1)),
        ModelRow.Of(
            new ResNet18Config(4, Width: 4), new ResNet18Config(4, Width: 5), (config, rng) => new ResNet18(config, rng),
            rng => Images(rng, 4, 3, 32, 32), (model, batch) => model.Call(batch[0]), (model, batch) => model.Call(batch[0]).CrossEntropy(batch[1])),
        ModelRow.Of(
            new ResNet20Config(4, Width: 4), new ResNet20Config(4, Width: 5), (config, rng) => new ResNet20(config, rng),
            rng => Images(rng, 4, 3, 16, 16), (model, batch) => model.Call(batch[0]), (model, batch) => model.Call(batch[0]).CrossEntropy(batch[1])),
        ModelRow.Of(
            new VisionTransformerConfig(8, 4, 4, 2, 2, 16, 24), new VisionTransformerConfig(8, 2, 4, 2, 2, 16, 24), (config, rng) => new VisionTransformer(config, rng),
            rng => Images(rng, 4, 3, 8, 8), (model, batch) => model.Call(batch[0]), (model, batch) => model.Call(batch[0]).CrossEntropy(batch[1])),
        ModelRow.Of(
            new UNetConfig(1, 1, 4, 2), new UNetConfig(1, 1, 4, 1), (config, rng) => new UNet(config, rng),
            Noisy, (model, batch) => model.Call(batch[0]), (model, batch) => model.Call(batch[0]).MeanSquaredError(batch[1])) with { IsGenerative = true },
        ModelRow.Of(
            new AutoencoderConfig(12, [16], 3), new AutoencoderConfig(12, [16], 4), (config, rng) => new Autoencoder(config, rng),
            Rows, (model, batch) => model.Call(batch[0]), (model, batch) => model.Call(batch[0]).MeanSquaredError(batch[0])) with { IsGenerative = true },
        ModelRow.Of(
            new VariationalAutoencoderConfig(12, [16], 3), new VariationalAutoencoderConfig(12, [17], 3), (config, rng) => new VariationalAutoencoder(config, rng),
            Rows, (model, batch) => model.Call(batch[0]).Scores, (model, batch) => model.Call(batch[0]).Loss(batch[0])) with { IsGenerative = true, Steps = 300 },
    ];

    public static IReadOnlyDictionary<string, ModelRow> ByName { get; } = All.ToDictionary(row => row.Type.Name);

    public static TheoryData<string> Names => [.. ByName.Keys];

    /// <summary>Random tokens, each the target of the one before: what the model must learn by heart. The first of each text differs.</summary>
    private static Tensor[] Text(Rng rng)
    {
        Tensor text = Tokens(rng, Time + 1);
        return [text.Slice(1, 0, Time), text.Slice(1, 1, Time)];
    }

    /// <summary>Tokens with every third hidden behind token 0, those as targets, and padding at the end of the last text.</summary>
    private static Tensor[] Masked(Rng rng)
    {
        long[] tokens = Tokens(rng, Time).ToArray<long>();
        bool[] isPadding = [.. tokens.Select((_, i) => i >= tokens.Length - 2)], isHidden = [.. tokens.Select((_, i) => i % 3 == 1 && !isPadding[i])];
        return
        [
            Tensor.CopyOf([.. tokens.Select((token, i) => isHidden[i] ? 0 : token)], [Batch, Time]),
            Tensor.CopyOf([.. tokens.Select((token, i) => isHidden[i] ? token : -100)], [Batch, Time]),
            Tensor.CopyOf([.. isPadding.Select(padding => !padding)], [Batch, Time]),
        ];
    }

    private static Tensor Tokens(Rng rng, int time) => Tensor.CopyOf(
        [.. Enumerable.Range(0, Batch * time).Select(i => i % time == 0 ? i / time + 1L : 1 + rng.Next(Vocabulary - 1))], [Batch, time]);

    /// <summary>Noise, and a class for each.</summary>
    private static Tensor[] Images(Rng rng, int count, int channels, int height, int width) =>
        [Tensor.Normal([count, channels, height, width], rng), Tensor.CopyOf([.. Enumerable.Range(0, count).Select(i => (long)i)])];

    /// <summary>Noisy squares, and the squares.</summary>
    private static Tensor[] Noisy(Rng rng)
    {
        Tensor clean = Tensor.Zeros([2, 1, 8, 8]);
        clean.Slice(2, 2, 4).Slice(3, 1, 5).Fill(1);
        return [clean + Tensor.Normal(clean.Shape, rng, 0, 0.3), clean];
    }

    /// <summary>Zeros and ones.</summary>
    private static Tensor[] Rows(Rng rng) => [Tensor.CopyOf([.. Enumerable.Range(0, 4 * 12).Select(_ => (float)rng.Next(2))], [4, 12])];
}
