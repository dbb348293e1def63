using MiniStack.Nn;

namespace MiniStack.Models;

/// <summary>A Llama language model: RMS norms, positions as angles, heads that share keys and values, and SwiGLU.</summary>
/// <remarks>
/// Touvron et al. 2023, arXiv:2302.13971 and arXiv:2307.09288. Names are those of Hugging Face's LlamaForCausalLM, and so is the order of a
/// head's channels: halves are turned, not neighbours. Start values are normal as in GPT-2, scaled to the width; the papers give none.
/// Llama 3's stretched wavelengths for contexts beyond those of training are not here.
/// </remarks>
public sealed class Llama : Layer<Tensor, Variable>
{
    private readonly Embedding _tokens;
    private readonly ModuleList<LlamaBlock> _blocks;
    private readonly RmsNorm _norm;
    private readonly Linear _head;

    /// <summary>A model with random start values.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="rng">Source of the start values.</param>
    /// <exception cref="ConfigException">The sizes make no model.</exception>
    public Llama(LlamaConfig config, Rng rng)
    {
        config.Check();
        Config = config;
        double std = Sizes.StartDeviation(config.Channels);
        _tokens = Register("model.embed_tokens", new Embedding(config.VocabularySize, config.Channels, rng, std));
        RotaryEmbedding rotary = Register(
            "model.rotary_emb", new RotaryEmbedding(config.Context, config.Channels / config.Heads, config.Theta));
        _blocks = Register("model.layers", new ModuleList<LlamaBlock>());
        for (int i = 0; i < config.Layers; i++) _blocks.Add(new LlamaBlock(config, rotary, std, rng));
        _norm = Register("model.norm", new RmsNorm(config.Channels, config.Epsilon));
        _head = Register("lm_head", new Linear(
            config.TiedHead ? _tokens.Weight : new Parameter(Init.Normal([config.VocabularySize, config.Channels], rng, std))));
    }

    /// <summary>The model's sizes.</summary>
    public LlamaConfig Config { get; }

    /// <summary>Scores (logits) of the next token after each position.</summary>
    /// <param name="tokens">[batch, time], I64 or I32; time is at most the context.</param>
    /// <returns>[batch, time, vocabulary].</returns>
    /// <exception cref="ShapeException">tokens are not a matrix, or longer than the context.</exception>
    public override Variable Forward(Tensor tokens)
    {
        InputChecks.Tokens(nameof(Llama), tokens, Config.Context);
        Variable x = _tokens.Call(tokens);
        x = _blocks.Chain(x);
        return _head.Call(_norm.Call(x));
    }

    /// <inheritdoc cref="Gpt.Generate"/>
    public IEnumerable<int> Generate(IReadOnlyList<int> prompt, int count, Rng rng, double temperature = 1) =>
        Generation.Continue(prompt, count, rng, temperature,
            () => tokens => Generation.Last(Forward(Generation.Window(tokens, Config.Context, _tokens.Weight.Value.Device))));

    /// <inheritdoc cref="Gpt.Save"/>
    public void Save(string folder) => ModelFolder.Save(folder, this, Config);

    /// <inheritdoc cref="Gpt.Load"/>
    public static Llama Load(string folder, Device? device = null) =>
        ModelFolder.Load(folder, device, (LlamaConfig config) => new Llama(config, new Rng(0)));
}

/// <summary>x + attention(norm(x)), then x + network(norm(x)); names as in Hugging Face's LlamaDecoderLayer.</summary>
internal sealed class LlamaBlock : Layer
{
    private readonly GroupedQueryAttention _attention;
    private readonly SwiGlu _network;
    private readonly RmsNorm _norm1, _norm2;

    public LlamaBlock(LlamaConfig config, RotaryEmbedding rotary, double std, Rng rng)
    {
        _attention = Register(
            "self_attn", new GroupedQueryAttention(config.Channels, config.Heads, config.KeyHeads, rng, rotary, std: std));
        _network = Register("mlp", new SwiGlu(config.Channels, config.Hidden, rng, std: std));
        _norm1 = Register("input_layernorm", new RmsNorm(config.Channels, config.Epsilon));
        _norm2 = Register("post_attention_layernorm", new RmsNorm(config.Channels, config.Epsilon));
    }

    public override Variable Forward(Variable x)
    {
        x = x + _attention.Call(_norm1.Call(x));
        return x + _network.Call(_norm2.Call(x));
    }
}
