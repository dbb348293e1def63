namespace MiniStack.Tests;

/// <summary>Attention with options keeps its result for Backward and nothing that grows with queries·keys.</summary>
public class AttentionMemoryTests
{
    public static TheoryData<string, AttentionOptions> Options => new()
    {
        { "mask", new AttentionOptions { Causal = false, Mask = Tensor.Ones([256, 256]) } },
        { "dropout", new AttentionOptions { Dropout = 0.1, Rng = new Rng(1) } },
        { "slopes", new AttentionOptions { AlibiSlopes = AttentionOptions.Alibi(4) } },
        { "window", new AttentionOptions { Window = 100 } },
    };

    [Theory]
    [MemberData(nameof(Options))]
    public void Attention_WithOptions_KeepsTheResultOnly(string name, AttentionOptions options)
    {
        Parameter x = new(Tensor.Normal([1, 4, 256, 8], new Rng(1)));
        using Tape tape = Tape.Begin();
        Variable y = Variable.Attention(x, x, x, options);
        long kept = MemoryScope.Current!.Bytes, result = y.Value.Count * sizeof(float);
        Assert.True(kept <= 2 * result, $"{name}: {kept} bytes are kept beside a result of {result}; the probabilities are {4 * 256 * 256 * sizeof(float)}.");
        tape.Backward(y.Sum());
        Assert.NotNull(x.Grad);
    }
}
