using MiniStack.Nn;

namespace MiniStack.Models;

/// <summary>A recurrent language model: what it has read is a state of fixed size, not a context.</summary>
/// <remarks>
/// Zaremba et al. 2014, arXiv:1409.2329: dropout on what goes from layer to layer, not from step to step. Names are those of PyTorch's
/// example of a word language model: <c>encoder.weight</c>, <c>rnn.weight_ih_l0</c>, <c>decoder.weight</c>; start values are PyTorch's.
/// </remarks>
public sealed class LstmLanguageModel : Layer<Tensor, Variable>
{
    private readonly Embedding _tokens;
    private readonly Dropout _dropout;
    private readonly Lstm _lstm;
    private readonly Linear _head;

    /// <summary>A model with random start values.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="rng">Source of the start values, and of the masks of dropout.</param>
    /// <exception cref="ConfigException">The sizes make no model.</exception>
    public LstmLanguageModel(LstmLanguageModelConfig config, Rng rng)
    {
        config.Check();
        Config = config;
        _dropout = Register("drop", new Dropout(config.Dropout, rng));
        _tokens = Register("encoder", new Embedding(config.VocabularySize, config.Channels, rng));
        _lstm = Register("rnn", new Lstm(config.Channels, config.Hidden, rng, config.Layers, dropout: config.Dropout));
        _head = Register("decoder", new Linear(config.Hidden, config.VocabularySize, rng));
    }

    /// <summary>The model's sizes.</summary>
    public LstmLanguageModelConfig Config { get; }

    /// <summary>Scores (logits) of the next token after each position, from a state of zeros.</summary>
    /// <param name="tokens">[batch, time], I64 or I32; at least one step.</param>
    /// <returns>[batch, time, vocabulary].</returns>
    /// <exception cref="ShapeException">tokens are not a matrix, or have no step.</exception>
    public override Variable Forward(Tensor tokens) => Continue(tokens, null).Scores;

    /// <summary>The same from a state, and the state afterwards: a text may be read in pieces.</summary>
    /// <param name="tokens">[batch, time], I64 or I32; at least one step.</param>
    /// <param name="state">What the piece before returned; null at the beginning. For training on it, detach it: gradients end with their
    /// step.</param>
    /// <returns>[batch, time, vocabulary], and [layers, batch, hidden] twice.</returns>
    /// <exception cref="ShapeException">tokens are not a matrix, or have no step; or the state is of another batch.</exception>
    public (Variable Scores, RecurrentState State) Continue(Tensor tokens, RecurrentState? state)
    {
        InputChecks.Tokens(nameof(LstmLanguageModel), tokens);
        RecurrentOutput output = _lstm.Call(new RecurrentInput(_dropout.Call(_tokens.Call(tokens)), state));
        return (_head.Call(_dropout.Call(output.Output)), output.State);
    }

    /// <summary>Continues a sequence, one token at a time, without dropout; each token costs one step, whatever came before.</summary>
    /// <param name="prompt">At least one token.</param>
    /// <param name="count">Tokens to add.</param>
    /// <param name="rng">Chooses among likely tokens.</param>
    /// <param name="temperature">Divides the scores: below 1 the likely become likelier; 0 always takes the likeliest.</param>
    /// <returns>The new tokens, one by one.</returns>
    /// <exception cref="ConfigException">The prompt is empty, or the temperature is negative.</exception>
    public IEnumerable<int> Generate(IReadOnlyList<int> prompt, int count, Rng rng, double temperature = 1)
    {
        return Generation.Continue(prompt, count, rng, temperature, Begin);

        // The whole prompt first; afterwards only what is new is read.
        Func<IReadOnlyList<int>, Tensor> Begin()
        {
            RecurrentState? state = null;
            return tokens =>
            {
                Tensor input = Generation.Window(tokens, state is null ? tokens.Count : 1, _head.Weight.Value.Device);
                (Variable scores, RecurrentState after) = Continue(input, state);
                state = new RecurrentState(Outlive(after.Hidden), Outlive(after.Cell!));
                return Generation.Last(scores);
            };
        }

        static Variable Outlive(Variable x) => x.Value.Persist();
    }

    /// <inheritdoc cref="Gpt.Save"/>
    public void Save(string folder) => ModelFolder.Save(folder, this, Config);

    /// <inheritdoc cref="Gpt.Load"/>
    public static LstmLanguageModel Load(string folder, Device? device = null) =>
        ModelFolder.Load(folder, device, (LstmLanguageModelConfig config) => new LstmLanguageModel(config, new Rng(0)));
}
