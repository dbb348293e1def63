using MiniStack.Nn;

namespace MiniStack.Examples.Models;

/// <summary>Tokens, blocks, a norm, and a head that shares the table of tokens; what a block consists of is configured.</summary>
internal sealed class AblatedModel : Layer<Tensor, Variable>
{
    private readonly Embedding _tokens;
    private readonly Embedding? _positions;
    private readonly AblatedBlock[] _blocks;
    private readonly Layer _norm;

    public AblatedModel(AblatedConfig config, int vocabularySize, int context, Rng rng)
    {
        const int channels = AblatedConfig.Channels;
        double std = 0.02 * Math.Sqrt(768.0 / channels); // GPT-2's, for this width
        _tokens = Register("tokens", new Embedding(vocabularySize, channels, rng, std));
        _positions = config.Rotary ? null : Register("positions", new Embedding(context, channels, rng, std));
        RotaryEmbedding? rotary = config.Rotary ? Register("rotary", new RotaryEmbedding(context, channels / AblatedConfig.Heads)) : null;
        _blocks = [.. Enumerable.Range(0, AblatedConfig.Layers).Select(i => Register($"blocks.{i}", new AblatedBlock(config, rotary, std, rng)))];
        _norm = Register("norm", AblatedBlock.Norm(config));
    }

    /// <summary>How unevenly the experts of the last call were used, summed over the blocks; zero without experts.</summary>
    public Variable Balance => _blocks.Select(block => block.Experts?.BalanceLoss).OfType<Variable>().Aggregate((Variable)Tensor.Zeros([]), (sum, one) => sum + one);

    /// <param name="tokens">[batch, time].</param>
    /// <returns>[batch, time, vocabulary].</returns>
    public override Variable Forward(Tensor tokens)
    {
        Variable x = _tokens.Call(tokens);
        if (_positions is not null) x = x + _positions.First(tokens.Shape[1]);
        foreach (AblatedBlock block in _blocks) x = block.Call(x);
        return _tokens.Against(_norm.Call(x));
    }
}

/// <summary>x + attention(norm(x)), then x + network(norm(x)).</summary>
internal sealed class AblatedBlock : Layer
{
    private readonly GroupedQueryAttention _attention;
    private readonly Layer _network, _norm1, _norm2;

    public AblatedBlock(AblatedConfig config, RotaryEmbedding? rotary, double std, Rng rng)
    {
        const int channels = AblatedConfig.Channels;
        _norm1 = Register("norm1", Norm(config));
        _attention = Register("attention", new GroupedQueryAttention(channels, AblatedConfig.Heads, config.KeyHeads, rng, rotary, std: std));
        _norm2 = Register("norm2", Norm(config));
        Experts = config.Experts > 1 ? new MixtureOfExperts(channels, Enumerable.Range(0, config.Experts).Select(_ => Network()), rng) : null;
        _network = Register("network", Experts ?? Network());

        Layer Network() => config.SwiGlu ? new SwiGlu(channels, 8 * channels / 3, rng, std: std) : new Mlp(channels, rng, bias: false, dropout: 0, std, std);
    }

    /// <summary>Null for a plain network.</summary>
    public MixtureOfExperts? Experts { get; }

    public static Layer Norm(AblatedConfig config) => config.RmsNorm ? new RmsNorm(AblatedConfig.Channels) : new LayerNorm(AblatedConfig.Channels, bias: false);

    public override Variable Forward(Variable x)
    {
        x = x + _attention.Call(_norm1.Call(x));
        return x + _network.Call(_norm2.Call(x));
    }
}
