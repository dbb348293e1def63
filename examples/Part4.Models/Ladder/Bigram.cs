using MiniStack.Nn;

namespace MiniStack.Examples.Models;

/// <summary>The first rung: a table with a row of scores for each character, which sees nothing but that character.</summary>
internal sealed class Bigram : Layer<Tensor, Variable>
{
    private readonly Embedding _scores;

    public Bigram(int vocabularySize, Rng rng) => _scores = Register("scores", new Embedding(vocabularySize, vocabularySize, rng, std: 0.01));

    /// <param name="tokens">[batch, time].</param>
    /// <returns>[batch, time, vocabulary].</returns>
    public override Variable Forward(Tensor tokens) => _scores.Call(tokens);

    /// <summary>The best table without any training: the loss on the held-out part when the pairs of the training part are counted, one added to each.</summary>
    public static double Counted(LanguageJob job)
    {
        int size = job.Text.VocabularySize;
        double[,] counts = new double[size, size];
        double[] totals = new double[size];
        (int[] training, int[] held) = job.Tokens();
        foreach ((int a, int b) in Pairs(training))
        {
            counts[a, b]++;
            totals[a]++;
        }
        return Pairs(held).Average(pair => -Math.Log((counts[pair.A, pair.B] + 1) / (totals[pair.A] + size)));
    }

    private static IEnumerable<(int A, int B)> Pairs(IEnumerable<int> tokens) => tokens.Zip(tokens.Skip(1));
}
