using MiniStack.Data;
using MiniStack.Models;
using MiniStack.Optim;
using MiniStack.Training;

namespace MiniStack.Examples.Training;

/// <summary>The main job in small, for demos that train many times: the same model and data for every seed, so that only what a demo varies differs.</summary>
/// <param name="channels">Width of the model.</param>
/// <param name="layers">Transformer blocks.</param>
/// <param name="context">Characters a sequence.</param>
/// <param name="batch">Sequences a step.</param>
internal sealed class SmallJob(int channels = 64, int layers = 2, int context = 32, int batch = 8)
{
    // A fifth of the main job's tales is enough for runs this short.
    private static readonly Lazy<TextDataset> Tales = new(() => new TextDataset(TinyTales.Generate(200_000, new Rng(1))));

    public static TextDataset Text => Tales.Value;

    /// <summary>Nats per character that no model can go below.</summary>
    public static double Entropy => TinyTales.EntropyPerCharacter;

    public int Context => context;

    public int Batch => batch;

    /// <summary>A model of its own start values for each seed.</summary>
    public Gpt Model(ulong seed) => new(new GptConfig(Text.VocabularySize, context, layers, Heads: 2, channels), new Rng(seed).Split(1));

    /// <summary>The batches of a seed, for ever.</summary>
    public IEnumerable<Batch> Batches(ulong seed) => Text.Batches(batch, context, new Rng(seed).Split(2));

    /// <summary>Mean loss of each target of a batch.</summary>
    public static Func<Batch, Variable> Loss(Gpt model) => batch => model.Forward(batch.Inputs).CrossEntropy(batch.Targets);

    /// <summary>Trains, and returns the loss of each step; after one that is no number it is NaN to the end.</summary>
    public double[] Train(Gpt model, Optimizer optimizer, Func<long, double> learningRate, int steps, ulong seed, double clipNorm = 1)
    {
        Trainer trainer = new(model, optimizer, learningRate, Loss(model)) { ClipNorm = clipNorm };
        double[] losses = new double[steps];
        Array.Fill(losses, double.NaN);
        try
        {
            foreach ((int i, Batch one) in Batches(seed).Take(steps).Index()) losses[i] = trainer.Step(one).Loss;
        }
        catch (TrainingException)
        {
            // The run has diverged: NaN says so.
        }
        return losses;
    }

    /// <summary>Mean loss of held-out batches, in nats per character.</summary>
    public double Validate(Gpt model, int batches = 40) =>
        new Trainer(model, new Sgd(model.Parameters(), 0), _ => 0, Loss(model)).Evaluate(Text.Validation(batch, context).Take(batches));
}
