using System.Runtime.InteropServices;
using MiniStack.Data;
using MiniStack.Models;
using MiniStack.Optim;

namespace MiniStack.Examples.Data;

/// <summary>Something to load, and a training step that eats it.</summary>
internal abstract class LoaderSource(string name, int batchSize)
{
    public const ulong FnvOffset = 14695981039346656037;

    protected const ulong Seed = 7;

    public string Name => name;

    public int BatchSize => batchSize;

    /// <summary>Batches from the first on.</summary>
    public abstract LoaderRun<TensorBatch> Start(int workers);

    /// <summary>One step of training.</summary>
    public abstract void Step(TensorBatch batch);

    /// <summary>A number that changes with each byte of a tensor and their order: FNV-1a, 64 bits, from <see cref="FnvOffset"/> on.</summary>
    public static ulong Checksum(ulong sum, Tensor tensor)
    {
        ReadOnlySpan<byte> bytes = tensor.DType == DType.F32 ? MemoryMarshal.AsBytes(tensor.AsReadOnlySpan<float>()) : MemoryMarshal.AsBytes(tensor.AsReadOnlySpan<long>());
        foreach (byte one in bytes) sum = (sum ^ one) * 0x100000001B3;
        return sum;
    }
}

/// <summary>Digits that are drawn, bent and normalised when they are asked for, and a LeNet-5.</summary>
internal sealed class DigitSource() : LoaderSource("digits, drawn", 64)
{
    private readonly LeNet5 _model = new(new LeNet5Config(), new Rng(1));
    private Adam? _optimizer;

    public override LoaderRun<TensorBatch> Start(int workers) => new DataLoader<ImageExample, TensorBatch>(
        new TinyDigits(60_000, Seed), Collate.Images, new LoaderOptions(BatchSize) { Workers = workers, Seed = Seed },
        transform: Transform.Images(new RandomAffine(degrees: 10, shift: 0.1), new Normalize([0.15f], [0.3f]))).Start();

    public override void Step(TensorBatch batch)
    {
        _optimizer ??= new Adam(_model.Parameters(), 1e-3f);
        using Tape tape = Tape.Begin();
        tape.Backward(_model.Call(batch.Inputs).CrossEntropy(batch.Targets));
        _optimizer.Step();
    }
}

/// <summary>Windows of a shard of TinyTales, and the small GPT that the fifth chapter trains.</summary>
internal sealed class ShardSource : LoaderSource, IDisposable
{
    private readonly TokenShard _shard;
    private readonly Gpt _model;
    private readonly AdamW _optimizer;

    public ShardSource(string path, int characters)
        : base("tokens, a file", 12)
    {
        string text = TinyTales.Generate(characters, new Rng(Seed));
        CharTokenizer tokenizer = CharTokenizer.FromText(text);
        using (TokenShardWriter writer = new(path, tokenizer.VocabularySize))
        {
            writer.Append(tokenizer.Encode(text));
            writer.Complete();
        }
        _shard = TokenShard.Open(path);
        _model = new Gpt(GptConfig.Nano(tokenizer.VocabularySize), new Rng(2));
        _optimizer = new AdamW(_model.Parameters(), 1e-3f);
    }

    public override LoaderRun<TensorBatch> Start(int workers) => new DataLoader<TokenWindow, TensorBatch>(
        _shard.Windows(_model.Config.Context, stride: 1), Collate.Tokens, new LoaderOptions(BatchSize) { Workers = workers, Seed = Seed }).Start();

    public override void Step(TensorBatch batch)
    {
        using Tape tape = Tape.Begin();
        tape.Backward(_model.Forward(batch.Inputs).CrossEntropy(batch.Targets));
        _optimizer.Step();
    }

    public void Dispose() => _shard.Dispose();
}
