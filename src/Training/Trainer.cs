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
public sealed record StepReport(long Step, double Loss, double LearningRate, double GradNorm, long Tokens, TimeSpan Elapsed)
{
    /// <summary>
    /// True when nothing was updated, because the loss or the gradient was no finite number; averages of the parameters wait, too.
    /// </summary>
    public bool IsSkipped { get; init; }
}

/// <summary>What a <see cref="Trainer"/> does about a batch whose loss or gradient is no finite number.</summary>
public enum NonFinite
{
    /// <summary>Throws.</summary>
    Throw,

    /// <summary>Leaves the batch out and goes on with the next; <see cref="StepReport.IsSkipped"/> says so.</summary>
    Skip,
}

/// <summary>One step of training, and evaluation: the loop's two verbs.</summary>
/// <remarks>
/// A step that fails, whatever the exception, leaves no traces: gradients are cleared, and parameters, the optimizer's state and count, and
/// the model's saved buffers, such as the running statistics of <see cref="BatchNorm"/>, are those before. (PyTorch keeps the running
/// statistics of a batch of NaN.) Streams of random numbers have moved on. Where an optimizer skips steps itself, as
/// <see cref="MixedPrecision"/> does when a gradient overflows, the forward pass was good and running statistics keep it.
/// </remarks>
public sealed class Trainer
{
    private readonly Module _model;
    private readonly Optimizer _optimizer;
    private readonly Func<long, double> _learningRate;
    private readonly Func<Batch, Variable> _loss;
    private readonly BufferBackup _buffers;
    private bool _learns; // some parameter has had a gradient

    /// <summary>A trainer; nothing is computed yet.</summary>
    /// <param name="model">What learns.</param>
    /// <param name="optimizer">Updates its parameters.</param>
    /// <param name="learningRate">Step size of a step, counted from 0; see <see cref="ISchedule.At"/>.</param>
    /// <param name="loss">One number for a batch.</param>
    public Trainer(Module model, Optimizer optimizer, Func<long, double> learningRate, Func<Batch, Variable> loss)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(learningRate);
        ArgumentNullException.ThrowIfNull(loss);
        (_model, _optimizer, _learningRate, _loss) = (model, optimizer, learningRate, loss);
        _buffers = new BufferBackup(model);
    }

    /// <summary>Gradients are shrunk to this common norm; <see cref="double.PositiveInfinity"/> never shrinks them.</summary>
    /// <exception cref="ConfigException">It is not above 0.</exception>
    public double ClipNorm
    {
        get;
        init => field = value > 0
            ? value
            : throw new ConfigException(FormattableString.Invariant(
                $"Trainer: ClipNorm must be above 0, not {value}. ∞ switches clipping off."));
    } = 1;

    /// <summary>What to do about a batch whose loss or gradient is no finite number.</summary>
    /// <exception cref="ConfigException">It is none of the choices.</exception>
    public NonFinite OnNonFinite
    {
        get;
        init => field = Enum.IsDefined(value)
            ? value
            : throw new ConfigException($"Trainer: OnNonFinite must be Throw or Skip, not {value}.");
    }

    /// <summary>Forward, backward, clip, update.</summary>
    /// <param name="batch">Its number decides the learning rate.</param>
    /// <exception cref="TrainingException">
    /// The loss is not a finite number, or the gradient is not and the optimizer would take the step, and <see cref="OnNonFinite"/> says to
    /// throw; the parameters are those of the step before.
    /// </exception>
    /// <exception cref="ConfigException">The learning rate makes no sense, or none of the optimizer's parameters got a
    /// gradient.</exception>
    public StepReport Step(Batch batch)
    {
        double rate = _learningRate(batch.Step);
        if (!(rate >= 0 && double.IsFinite(rate)))
        {
            throw new ConfigException(
                FormattableString.Invariant($"Trainer: the learning rate of step {batch.Step + 1} is {rate}; ") +
                "it must be a number of at least 0. Mend the schedule.");
        }
        _buffers.Take();
        try
        {
            return Take(batch, rate);
        }
        catch
        {
            Undo();
            throw;
        }
    }

    private StepReport Take(Batch batch, double rate)
    {
        long start = Stopwatch.GetTimestamp(), steps = _optimizer.Steps;
        using Tape tape = Tape.Begin();             // records gradients, owns this step's memory
        Variable value;
        double norm;
        using (Profiler.Section("forward")) value = _loss(batch);
        using (Profiler.Section("backward")) tape.Backward(_optimizer.Scale(value));
        using (Profiler.Section("clip")) norm = _optimizer.ClipGradNorm(ClipNorm);
        CheckLearns();
        double number = value.Item();
        if (double.IsFinite(number) && (double.IsFinite(norm) || _optimizer.SkipsNonFinite))
        {
            using (Profiler.Section("optimizer")) _optimizer.Step(rate);
        }
        else if (OnNonFinite == NonFinite.Skip)
        {
            Undo();
        }
        else
        {
            throw new TrainingException(
                FormattableString.Invariant(
                    $"Training diverged at step {batch.Step + 1}: the loss is {number} and the gradient's norm {norm}. ") +
                "Use a lower learning rate.");
        }
        return new StepReport(batch.Step + 1, number, rate, norm, batch.Inputs.Count, Stopwatch.GetElapsedTime(start))
        {
            IsSkipped = _optimizer.Steps == steps,
        };
    }

    /// <summary>Mean loss per token over batches, without dropout and without recording; no module's mode is switched.</summary>
    /// <exception cref="ConfigException">There are no batches, or none has targets.</exception>
    public double Evaluate(IEnumerable<Batch> batches, CancellationToken cancellation = default)
    {
        using ProfilerSection section = Profiler.Section("evaluate");
        double sum = 0;
        long tokens = 0;
        foreach (Batch batch in batches)
        {
            cancellation.ThrowIfCancellationRequested();
            sum += Evaluation.Run(() => _loss(batch).Item()) * batch.Targets.Count;
            tokens += batch.Targets.Count;
        }
        return tokens > 0
            ? sum / tokens
            : throw new ConfigException("Trainer: there are no batches to evaluate, or they are empty. Give at least one with targets.");
    }

    private void Undo()
    {
        _optimizer.ClearGradients();
        _buffers.Restore();
    }

    /// <summary>An optimizer of another model would go on for ever and train nothing.</summary>
    private void CheckLearns()
    {
        if (_learns) return;
        foreach (Parameter parameter in _optimizer.Parameters)
            if (parameter is { RequiresGrad: true, Grad: not null }) _learns = true;
        if (_learns) return;
        string name = _optimizer.Parameters[0].Name;
        throw new ConfigException(
            $"Trainer: none of the {_optimizer.Parameters.Count} parameters of the {_optimizer.GetType().Name} optimizer, " +
            $"the first of which is '{name}', got a gradient. " +
            "Make it of the parameters of the model that computes the loss, and unfreeze some.");
    }
}
