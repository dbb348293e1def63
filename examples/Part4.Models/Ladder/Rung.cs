using MiniStack.Models;
using MiniStack.Nn;

namespace MiniStack.Examples.Models;

/// <summary>An idea of how to predict the next character.</summary>
/// <param name="Name">Of the idea.</param>
/// <param name="Sees">What a prediction depends on.</param>
/// <param name="Make">The model for a job, with start values.</param>
/// <param name="Rate">Learning rate when there is no time to try some.</param>
internal sealed record Rung(string Name, string Sees, Func<LanguageJob, Rng, Layer<Tensor, Variable>> Make, double Rate)
{
    /// <summary>Learning rates that every idea tries.</summary>
    public static readonly double[] Rates = [1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1];

    // Each but the first has about a hundred thousand numbers, so that ideas are compared and not sizes.
    public static IReadOnlyList<Rung> All { get; } =
    [
        new("bigram", "1 character", (job, rng) => new Bigram(job.Text.VocabularySize, rng), 1e-1),
        new("MLP", "8 characters", (job, rng) => new WindowMlp(job.Text.VocabularySize, window: 8, channels: 32, hidden: 320, rng), 3e-3),
        new("LSTM", "a state", (job, rng) => new LstmLanguageModel(new LstmLanguageModelConfig(job.Text.VocabularySize, Channels: 64, Hidden: 124), rng), 1e-2),
        new("transformer", "all before", (job, rng) => new Gpt(new GptConfig(job.Text.VocabularySize, job.Context, Layers: 2, Heads: 4, Channels: 64), rng), 1e-2),
    ];

    /// <summary>Trains a model of this idea.</summary>
    /// <param name="job">What it reads.</param>
    /// <param name="steps">Of training.</param>
    /// <param name="search">Whether the best rate is looked for first, in runs as long, because a short one wants a larger rate; with a seed of their own, by a tenth of the training part.</param>
    public Climbed Climb(LanguageJob job, int steps, bool search)
    {
        double rate = search ? Rates.MinBy(one => Train(job.ForChoosing(), steps, one, seed: 100).Loss) : Rate;
        return Train(job, steps, rate, seed: 1);
    }

    private Climbed Train(LanguageJob job, int steps, double rate, ulong seed)
    {
        Layer<Tensor, Variable> model = Make(job, new Rng(seed).Split(1));
        double[] curve = job.Train(model, rate, steps, seed);
        return new Climbed(this, rate, model.ParameterCount, curve, job.Validate(model));
    }
}

/// <summary>What an idea reached.</summary>
/// <param name="Rung">The idea.</param>
/// <param name="Rate">Its learning rate.</param>
/// <param name="Parameters">Numbers of its model.</param>
/// <param name="Curve">Training loss of each step.</param>
/// <param name="BySeen">Loss on held-out text by the number of characters seen, 1 first.</param>
internal sealed record Climbed(Rung Rung, double Rate, long Parameters, double[] Curve, double[] BySeen)
{
    public double Loss => BySeen.Average();
}
