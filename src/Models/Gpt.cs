using MiniStack.Nn;

namespace MiniStack.Models;

/// <summary>A GPT-2 style language model: token and position embeddings, pre-norm blocks, and a head that shares the token table.</summary>
/// <remarks>
/// Radford et al. 2019, "Language Models are Unsupervised Multitask Learners"; start values as there, scaled to the
/// width. Names are those of GPT-2's checkpoints: <c>wte.weight</c>, <c>h.0.attn.c_attn.weight</c>, …
/// </remarks>
public sealed class Gpt : Module
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
        // GPT-2 starts with a deviation of 0.02 at 768 channels. A product over C channels has variance C·std², so that a
        // narrower model needs larger numbers for the same signal: with 0.02 at 128 channels, nanoGPT's configuration ends
        // at a validation loss of 1.91 on Tiny Shakespeare instead of 1.76.
        double std = 0.02 * Math.Sqrt(768.0 / config.Channels);
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
    public Variable Forward(Tensor tokens)
    {
        if (tokens.Rank != 2 || tokens.Shape[1] > Config.Context)
        {
            throw new ShapeException(
                $"Gpt: tokens must be [batch, time] with time at most the context of {Config.Context}, not {tokens.Shape}. Cut the sequence.");
        }
        Variable positions = _positions.Weight.Slice(0, 0, tokens.Shape[1]);
        Variable x = _dropout.Call(_tokens.Call(tokens) + positions);
        foreach (TransformerBlock block in _blocks) x = block.Call(x);
        return _norm.Call(x).Linear(_tokens.Weight);
    }

    /// <summary>Continues a sequence, one token at a time, without dropout.</summary>
    /// <param name="prompt">At least one token.</param>
    /// <param name="count">Tokens to add.</param>
    /// <param name="rng">Chooses among likely tokens.</param>
    /// <param name="temperature">Divides the scores: below 1 the likely become likelier; 0 always takes the likeliest.</param>
    /// <returns>The new tokens, one by one.</returns>
    /// <exception cref="ConfigException">The prompt is empty, or the temperature is negative.</exception>
    public IEnumerable<int> Generate(IReadOnlyList<int> prompt, int count, Rng rng, double temperature = 1)
    {
        if (prompt.Count == 0) throw new ConfigException("Generate: the prompt must have at least one token.");
        if (!(temperature >= 0))
            throw new ConfigException(FormattableString.Invariant($"Generate: the temperature must be at least 0, not {temperature}."));
        return Continue();

        IEnumerable<int> Continue()
        {
            List<int> tokens = [.. prompt];
            for (int i = 0; i < count; i++)
            {
                tokens.Add(Next(tokens, rng, temperature));
                yield return tokens[^1];
            }
        }
    }

    private int Next(List<int> tokens, Rng rng, double temperature)
    {
        using MemoryScope scope = MemoryScope.Begin();
        using Tape.Pause pause = Tape.NoGrad();
        int[] window = [.. tokens.Skip(Math.Max(0, tokens.Count - Config.Context))];
        Tensor input = Tensor.CopyOf(window, [1, window.Length], _tokens.Weight.Value.Device);
        bool training = IsTraining;
        if (training) Eval();
        Tensor scores = Forward(input).Value.Select(1, window.Length - 1).To(Device.Cpu).To(DType.F64);
        if (training) Train();
        if (temperature == 0) return (int)scores.ArgMax().Item();
        double[] probabilities = (scores / temperature).Softmax().ToArray<double>();
        double left = rng.NextDouble();
        for (int token = 0; token < probabilities.Length; token++)
            if ((left -= probabilities[token]) < 0) return token;
        return probabilities.Length - 1; // rounding may leave a rest
    }
}
