using MiniStack.Nn;

namespace MiniStack.Models;

/// <summary>What language models share when they continue a text.</summary>
internal static class Generation
{
    /// <summary>Tokens one by one, each drawn by its scores, without dropout and unrecorded; the model's mode stays as it is.</summary>
    /// <param name="prompt">At least one token.</param>
    /// <param name="count">Tokens to add.</param>
    /// <param name="rng">Chooses among likely tokens.</param>
    /// <param name="temperature">Divides the scores; 0 always takes the likeliest.</param>
    /// <param name="begin">Called at the start of each enumeration; what it returns gives the scores, [1, vocabulary], of what follows on
    /// all tokens so far.</param>
    /// <exception cref="ConfigException">The prompt is empty, or the temperature is negative.</exception>
    public static IEnumerable<int> Continue(
        IReadOnlyList<int> prompt, int count, Rng rng, double temperature, Func<Func<IReadOnlyList<int>, Tensor>> begin)
    {
        if (prompt.Count == 0) throw new ConfigException("Generate: the prompt must have at least one token.");
        if (!(temperature >= 0))
            throw new ConfigException(FormattableString.Invariant($"Generate: the temperature must be at least 0, not {temperature}."));
        return Tokens();

        IEnumerable<int> Tokens()
        {
            List<int> tokens = [.. prompt];
            Func<IReadOnlyList<int>, Tensor> next = begin();
            for (int i = 0; i < count; i++)
            {
                tokens.Add(Next(tokens, rng, temperature, next));
                yield return tokens[^1];
            }
        }
    }

    /// <summary>The last tokens that a context holds, [1, time].</summary>
    public static Tensor Window(IReadOnlyList<int> tokens, int context, Device device)
    {
        int[] window = [.. tokens.Skip(Math.Max(0, tokens.Count - context))];
        return Tensor.CopyOf(window, [1, window.Length], device);
    }

    /// <summary>The scores at the last position of [1, time, vocabulary].</summary>
    public static Tensor Last(Variable scores) => scores.Value.Select(1, scores.Shape[1] - 1);

    private static int Next(List<int> tokens, Rng rng, double temperature, Func<IReadOnlyList<int>, Tensor> next)
    {
        using MemoryScope scope = MemoryScope.Begin();
        Tensor scores = Evaluation.Run(() => next(tokens)).To(Device.Cpu).To(DType.F64);
        if (temperature == 0) return (int)scores.ArgMax().Item();
        double[] probabilities = (scores / temperature).Softmax().ToArray<double>();
        double left = rng.NextDouble();
        for (int token = 0; token < probabilities.Length; token++)
            if ((left -= probabilities[token]) < 0) return token;
        // Rounding may leave a rest: it belongs to the last token that may come, which need not be the last of all.
        int last = Array.FindLastIndex(probabilities, probability => probability > 0);
        return last < 0 ? probabilities.Length - 1 : last;
    }
}
