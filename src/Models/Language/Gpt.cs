using MiniStack.Nn;

namespace MiniStack.Models;

/// <summary>A GPT-2 style language model: token and position embeddings, pre-norm blocks, and a head that shares the token table.</summary>
/// <remarks>
/// Radford et al. 2019, "Language Models are Unsupervised Multitask Learners"; start values as there, scaled to the
/// width. Names are those of GPT-2's checkpoints: <c>wte.weight</c>, <c>h.0.attn.c_attn.weight</c>, … Two things differ from OpenAI's, as
/// in nanoGPT: the GELU is the exact one, not the tanh form that published weights were trained with (<see cref="GeluTanh"/>, a difference
/// of about 1e-3 in the scores), and weights are [out, in].
/// </remarks>
public sealed class Gpt : Layer<Tensor, Variable>
{
    private readonly Embedding _tokens, _positions;
    private readonly Dropout _dropout;
    private readonly TransformerBlock[] _blocks;
    private readonly LayerNorm _norm;

    /// <summary>A model with random start values.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="rng">Source of start values, and of dropout's masks while training: its state belongs to a checkpoint.</param>
    /// <exception cref="ConfigException">The sizes make no model.</exception>
    public Gpt(GptConfig config, Rng rng)
    {
        config.Check();
        Config = config;
        double std = Sizes.StartDeviation(config.Channels);
        // Each block adds two branches to the residual stream: smaller starts keep its variance from growing with depth.
        double projectionStd = std / Math.Sqrt(2 * config.Layers);
        _tokens = Register("wte", new Embedding(config.VocabularySize, config.Channels, rng, std));
        _positions = Register("wpe", new Embedding(config.Context, config.Channels, rng, std));
        _dropout = Register("drop", new Dropout(config.Dropout, rng));
        _blocks = new TransformerBlock[config.Layers];
        for (int i = 0; i < _blocks.Length; i++)
        {
            _blocks[i] = Register($"h.{i}", new TransformerBlock(
                config.Channels, config.Heads, rng, config.Bias, config.Dropout, std, projectionStd));
        }
        _norm = Register("ln_f", new LayerNorm(config.Channels, config.Bias));
    }

    /// <summary>The model's sizes.</summary>
    public GptConfig Config { get; }

    /// <summary>Scores (logits) of the next token after each position.</summary>
    /// <param name="tokens">[batch, time], I64 or I32; time is at most the context.</param>
    /// <returns>[batch, time, vocabulary].</returns>
    /// <exception cref="ShapeException">tokens are not a matrix, or longer than the context.</exception>
    public override Variable Forward(Tensor tokens)
    {
        InputChecks.Tokens(nameof(Gpt), tokens, Config.Context);
        Variable x = _dropout.Call(_tokens.Call(tokens) + _positions.First(tokens.Shape[1]));
        x = _blocks.Chain(x);
        return _tokens.Against(_norm.Call(x));
    }

    /// <summary>Continues a sequence, one token at a time, without dropout.</summary>
    /// <param name="prompt">At least one token.</param>
    /// <param name="count">Tokens to add.</param>
    /// <param name="rng">Chooses among likely tokens.</param>
    /// <param name="temperature">Divides the scores: below 1 the likely become likelier; 0 always takes the likeliest.</param>
    /// <returns>The new tokens, one by one.</returns>
    /// <exception cref="ConfigException">The prompt is empty, or the temperature is negative.</exception>
    public IEnumerable<int> Generate(IReadOnlyList<int> prompt, int count, Rng rng, double temperature = 1) =>
        Generation.Continue(prompt, count, rng, temperature,
            () => tokens => Generation.Last(Forward(Generation.Window(tokens, Config.Context, _tokens.Weight.Value.Device))));

    /// <summary>
    /// Writes the sizes to config.json and the weights to model.safetensors in a folder, each atomically; makes the folder where there is
    /// none.
    /// </summary>
    /// <exception cref="CheckpointException">A file cannot be written; what was there before is untouched.</exception>
    public void Save(string folder) => ModelFolder.Save(folder, this, Config);

    /// <summary>The model that <see cref="Save"/> wrote.</summary>
    /// <inheritdoc cref="ModelFolder.Load(string, Device?)"/>
    public static Gpt Load(string folder, Device? device = null) =>
        ModelFolder.Load(folder, device, (GptConfig config) => new Gpt(config, new Rng(0)));
}
