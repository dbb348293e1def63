using MiniStack.Data;
using MiniStack.Models;
using MiniStack.Nn;
using MiniStack.Optim;

namespace MiniStack.Examples.Training;

/// <summary>A training run with one mistake in it, or none.</summary>
/// <param name="Name">What the demo calls it.</param>
/// <param name="Illness">What is wrong.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="Train">Trains for some steps.</param>
internal sealed record Patient(string Name, Illness Illness, string Remedy, Func<int, Symptoms> Train)
{
    private const double Rate = 3e-3;

    public static IReadOnlyList<Patient> All { get; } =
    [
        new("A", Illness.RateTooHigh, "Lower the learning rate; lr-finder suggests one.", steps => Run(steps, rate: 1)),
        new("B", Illness.TargetsLeak, "Shift the targets by one: the model is asked for the character that it sees.", steps => Run(steps, targets: batch => batch.Inputs)),
        new("C", Illness.MostlyFrozen, "Unfreeze(): someone froze the blocks to try something and left them so.", steps => Run(steps, prepare: model => model.Freeze("h.*"))),
        new("D", Illness.RateTooLow, "Raise the learning rate; nothing is wrong with the code.", steps => Run(steps, rate: 1e-6)),
        new("E", Illness.LearnsByHeart, "More text, or a smaller model, or dropout, or stop early.", steps => Run(steps, batches: job => Enumerable.Repeat(job.Batches(1).First(), steps))),
        new("F", Illness.None, "Train on.", steps => Run(steps)),
    ];

    private static Symptoms Run(
        int steps, double rate = Rate, Func<Batch, Tensor>? targets = null, Action<Gpt>? prepare = null, Func<SmallJob, IEnumerable<Batch>>? batches = null)
    {
        SmallJob job = new();
        Gpt model = job.Model(1);
        prepare?.Invoke(model);
        float[][] before = [.. model.Parameters().Select(parameter => parameter.Value.ToArray<float>())];
        AdamW optimizer = new(model.Parameters(), beta2: 0.99);
        MiniStack.Training.Trainer trainer = new(model, optimizer, _ => rate, batch => model.Forward(batch.Inputs).CrossEntropy(targets?.Invoke(batch) ?? batch.Targets));
        List<double> losses = [], norms = [];
        foreach (Batch batch in batches?.Invoke(job) ?? job.Batches(1).Take(steps))
        {
            MiniStack.Training.StepReport report = trainer.Step(batch with { Step = losses.Count });
            losses.Add(report.Loss);
            norms.Add(report.GradNorm);
        }
        float[][] after = [.. model.Parameters().Select(parameter => parameter.Value.ToArray<float>())];
        long changed = before.Zip(after).Sum(pair => pair.First.Zip(pair.Second).LongCount(number => number.First != number.Second));
        double moved = Math.Sqrt(before.Zip(after).Sum(pair => pair.First.Zip(pair.Second).Sum(n => Math.Pow(n.Second - n.First, 2))));
        double size = Math.Sqrt(before.Sum(values => values.Sum(value => (double)value * value)));
        return new Symptoms(
            Math.Log(SmallJob.Text.VocabularySize), losses[0], losses.TakeLast(5).Average(), losses.Max(), job.Validate(model, 10),
            trainer.Evaluate(SmallJob.Text.Validation(job.Batch, job.Context).Take(10)), changed / (double)model.ParameterCount, moved / size, norms.Average());
    }
}

/// <summary>What can be wrong with a run.</summary>
internal enum Illness
{
    None,
    RateTooHigh,
    RateTooLow,
    TargetsLeak,
    MostlyFrozen,
    LearnsByHeart,
}

/// <summary>What can be seen of a run from outside.</summary>
/// <param name="Uniform">Loss of a guess among all characters, ln of their number.</param>
/// <param name="First">Training loss of the first step.</param>
/// <param name="Last">Mean training loss of the last steps.</param>
/// <param name="Highest">Highest training loss.</param>
/// <param name="Validation">Loss on held-out text.</param>
/// <param name="Unseen">The loss that was trained, with its own targets, on the same held-out text.</param>
/// <param name="Changed">Share of the parameters that are not what they were.</param>
/// <param name="Moved">Length of the whole way, against the length of the start.</param>
/// <param name="GradNorm">Mean norm of the gradient.</param>
internal sealed record Symptoms(double Uniform, double First, double Last, double Highest, double Validation, double Unseen, double Changed, double Moved, double GradNorm)
{
    /// <summary>A diagnosis, by rules that each name one observation. The order matters: what cannot be is looked for first.</summary>
    public Illness Diagnosis(double entropy) => this switch
    {
        { Highest: var highest } when !(highest < 2 * Uniform) => Illness.RateTooHigh, // worse than a guess: steps too long
        { Unseen: var unseen } when unseen < entropy => Illness.TargetsLeak, // better than possible, and on text that nobody could know by heart
        { Changed: < 0.9 } => Illness.MostlyFrozen, // most of the model did not take part
        { Moved: < 0.01 } => Illness.RateTooLow, // all took part, and went nowhere
        { Last: var last, Validation: var validation } when validation - last > 0.5 => Illness.LearnsByHeart,
        _ => Illness.None,
    };
}
