using System.Diagnostics;
using MiniStack.Data;
using MiniStack.Nn;
using MiniStack.Optim;

namespace MiniStack.Training;

/// <summary>What one training step did.</summary>
/// <param name="Step">Steps done so far, this one included.</param>
/// <param name="Loss">Loss of its batch before the update, in nats per token.</param>
/// <param name="LearningRate">Step size.</param>
/// <param name="GradNorm">Norm of the gradient before clipping.</param>
/// <param name="Tokens">Tokens of its batch.</param>
/// <param name="Elapsed">Time it took.</param>
public sealed record StepReport(long Step, double Loss, double LearningRate, double GradNorm, long Tokens, TimeSpan Elapsed);

/// <summary>One step of training, and evaluation: the loop's two verbs.</summary>
/// <param name="model">What learns.</param>
/// <param name="optimizer">Updates its parameters.</param>
/// <param name="learningRate">Step size of a step, counted from 0; see <see cref="ISchedule.At"/>.</param>
/// <param name="loss">One number for a batch.</param>
public sealed class Trainer(Module model, Optimizer optimizer, Func<long, double> learningRate, Func<Batch, Variable> loss)
{
    /// <summary>Gradients are shrunk to this common norm.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Forward, backward, clip, update.</summary>
    /// <exception cref="TrainingException">
    /// The loss is not a finite number, or the gradient is not and the optimizer would take the step; the parameters are those of the step before.
    /// </exception>
    public StepReport Step(Batch batch)
    {
        long start = Stopwatch.GetTimestamp();
        using Tape tape = Tape.Begin();             // records gradients, owns this step's memory
        Variable value;
        double norm;
        using (Profiler.Section("forward")) value = loss(batch);
        using (Profiler.Section("backward")) tape.Backward(optimizer.Scale(value));
        using (Profiler.Section("clip")) norm = optimizer.ClipGradNorm(ClipNorm);
        double number = value.Item(), rate = learningRate(batch.Step);
        if (!double.IsFinite(number) || !(double.IsFinite(norm) || optimizer.SkipsNonFinite))
        {
            throw new TrainingException(
                FormattableString.Invariant($"Training diverged at step {batch.Step + 1}: the loss is {number} and the gradient's norm {norm}. Use a lower learning rate."));
        }
        using (Profiler.Section("optimizer")) optimizer.Step(rate);
        return new StepReport(batch.Step + 1, number, rate, norm, batch.Inputs.Count, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Mean loss per token over batches, without dropout and without recording.</summary>
    public double Evaluate(IEnumerable<Batch> batches, CancellationToken cancellation = default)
    {
        using ProfilerSection section = Profiler.Section("evaluate");
        double sum = 0;
        long tokens = 0;
        model.Eval();
        try
        {
            foreach (Batch batch in batches)
            {
                cancellation.ThrowIfCancellationRequested();
                using MemoryScope scope = MemoryScope.Begin();
                using Tape.Pause pause = Tape.NoGrad();
                sum += loss(batch).Item() * batch.Targets.Count;
                tokens += batch.Targets.Count;
            }
        }
        finally
        {
            model.Train();
        }
        return sum / tokens;
    }
}
