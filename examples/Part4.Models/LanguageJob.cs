using MiniStack.Data;
using MiniStack.Nn;
using MiniStack.Optim;
using MiniStack.Training;

namespace MiniStack.Examples.Models;

/// <summary>One text in windows of characters: each model gets the same batches in the same order, so that only the model differs.</summary>
/// <param name="content">What is read; nine tenths for training, the rest held out.</param>
/// <param name="context">Characters a sequence.</param>
/// <param name="batch">Sequences a step.</param>
/// <param name="tokenizer">Its characters; by default those of the text.</param>
internal sealed class LanguageJob(string content, int context = 32, int batch = 8, ITokenizer? tokenizer = null)
{
    public TextDataset Text { get; } = new(content, tokenizer ?? CharTokenizer.FromText(content));

    public int Context => context;

    public int Batch => batch;

    /// <summary>The training part as a text of its own, with a held-out tenth: what is chosen by that tenth owes nothing to the text that is reported.</summary>
    public LanguageJob ForChoosing() => new(content[..Text.TrainingCount], context, batch, Text.Tokenizer);

    /// <summary>TinyTales, or a file.</summary>
    /// <exception cref="DataException">The file cannot be read, or is too short.</exception>
    public static LanguageJob Of(string? file, int context = 32, int batch = 8)
    {
        LanguageJob job = new(file is null ? TinyTales.Generate(200_000, new Rng(1)) : TextFile.Read(file), context, batch);
        job.Text.CheckContext(context);
        return job;
    }

    /// <summary>The characters for training and those held out, as tokens.</summary>
    public (int[] Training, int[] Held) Tokens()
    {
        int[] all = Text.Tokenizer.Encode(content);
        return (all[..Text.TrainingCount], all[Text.TrainingCount..]);
    }

    /// <summary>Trains with AdamW and a rate that rises and falls, and returns the loss of each step.</summary>
    /// <param name="model">Scores of the next token from tokens.</param>
    /// <param name="rate">The highest learning rate.</param>
    /// <param name="steps">How many.</param>
    /// <param name="seed">Of the batches.</param>
    /// <param name="extra">Added to the loss that is trained, such as the balance of experts.</param>
    public double[] Train(Layer<Tensor, Variable> model, double rate, int steps, ulong seed, Func<Variable>? extra = null)
    {
        Trainer trainer = Trainer(model, rate, steps, extra);
        return [.. Batches(seed).Take(steps).Select(one => trainer.Step(one).Loss)];
    }

    /// <summary>What a step of each model takes, in milliseconds: see <see cref="Turns"/>.</summary>
    public double[] StepTimes(IEnumerable<(Layer<Tensor, Variable> Model, Func<Variable>? Extra)> models, int rounds) => Turns.Shortest(
        Batches(seed: 1).Take(rounds),
        models.Select(one => Trainer(one.Model, 1e-3, rounds, one.Extra)).Select(trainer => (Func<Batch, TimeSpan>)(batch => trainer.Step(batch).Elapsed)));

    /// <summary>FLOPs of a step, forward and backward, for each token: those that the profiler counts from the shapes of each call.</summary>
    public double Flops(Layer<Tensor, Variable> model)
    {
        Batch one = Batches(seed: 1).First();
        using Profiler profiler = Profiler.Begin(maxEvents: 0);
        using Tape tape = Tape.Begin();
        tape.Backward(model.Call(one.Inputs).CrossEntropy(one.Targets));
        return profiler.Flops / one.Targets.Count;
    }

    /// <summary>Mean loss of held-out text in nats per character, for each number of characters that was seen before: 1 to context.</summary>
    public double[] Validate(Layer<Tensor, Variable> model)
    {
        double[] sums = new double[context];
        int rows = 0;
        foreach (Batch one in Text.Validation(batch, context))
        {
            float[] losses = Evaluation.Run(() => model.Call(one.Inputs).CrossEntropy(one.Targets, Reduction.None).Value.ToArray<float>());
            for (int i = 0; i < losses.Length; i++) sums[i % context] += losses[i];
            rows += losses.Length / context;
        }
        return [.. sums.Select(sum => sum / rows)];
    }

    private IEnumerable<Batch> Batches(ulong seed) => Text.Batches(batch, context, new Rng(seed).Split(2));

    private static Trainer Trainer(Layer<Tensor, Variable> model, double rate, int steps, Func<Variable>? extra)
    {
        CosineSchedule schedule = new(rate, rate / 10, steps / 10, steps);
        return new Trainer(model, new AdamW(model.Parameters(), beta2: 0.99, weightDecay: 0.1), schedule.At, Loss);

        Variable Loss(Batch one)
        {
            Variable loss = model.Call(one.Inputs).CrossEntropy(one.Targets);
            return extra is null ? loss : loss + extra();
        }
    }
}
