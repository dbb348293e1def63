using MiniStack.Nn;

namespace MiniStack.Examples.Models;

/// <summary>The second rung: the vectors of the last few characters side by side, a hidden layer, and scores.</summary>
/// <remarks>Bengio et al. 2003, "A Neural Probabilistic Language Model"; without its direct connections from the vectors to the scores.</remarks>
internal sealed class WindowMlp : Layer<Tensor, Variable>
{
    private readonly int _window;
    private readonly Embedding _tokens;
    private readonly Linear _hidden, _head;

    /// <param name="vocabularySize">Number of characters.</param>
    /// <param name="window">How many characters are seen.</param>
    /// <param name="channels">Length of a character's vector.</param>
    /// <param name="hidden">Units of the hidden layer.</param>
    /// <param name="rng">Source of the start values.</param>
    public WindowMlp(int vocabularySize, int window, int channels, int hidden, Rng rng)
    {
        _window = window;
        _tokens = Register("tokens", new Embedding(vocabularySize, channels, rng));
        _hidden = Register("hidden", new Linear(window * channels, hidden, rng));
        _head = Register("head", new Linear(hidden, vocabularySize, rng));
    }

    /// <param name="tokens">[batch, time].</param>
    /// <returns>[batch, time, vocabulary].</returns>
    public override Variable Forward(Tensor tokens)
    {
        // Before the first character there is nothing, which is a vector of zeros: position t then sees rows t to t + window − 1.
        Variable x = _tokens.Call(tokens).Pad([(_window - 1, 0), (0, 0)]);
        Variable[] seen = [.. Enumerable.Range(0, _window).Select(i => x.Slice(1, i, tokens.Shape[1]))];
        return _head.Call(_hidden.Call(Variable.Concat(seen, axis: 2)).Tanh());
    }
}
