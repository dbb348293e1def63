using MiniStack.Data;

namespace MiniStack.Training;

/// <summary>How a <see cref="TrainingLoop"/> ended.</summary>
public enum TrainingEnd
{
    /// <summary>All steps are done, or there was no more data.</summary>
    Finished,

    /// <summary>A callback asked for it; <see cref="TrainingLoop.StopReason"/> says why.</summary>
    Stopped,

    /// <summary>The caller cancelled it.</summary>
    Cancelled,

    /// <summary>An exception is on its way to the caller.</summary>
    Failed,
}

/// <summary>Steps until the end: train, now and then save and evaluate, and tell the callbacks.</summary>
/// <remarks>Everything a step does is in <see cref="Trainer.Step"/>; whoever wants another loop writes one around it.</remarks>
/// <param name="trainer">Makes the steps.</param>
public sealed class TrainingLoop(Trainer trainer)
{
    private readonly Dictionary<string, string> _notes = new(StringComparer.Ordinal);
    private long _step, _saved = -1;

    /// <summary>How many steps the whole run has, those of earlier parts included.</summary>
    public required long Steps { get; init; }

    /// <summary>Steps from one evaluation, and save, to the next; there is one at the end in any case.</summary>
    public long EvaluateEvery { get; init; } = 250;

    /// <summary>Makes the batches of an evaluation; null for none.</summary>
    public Func<IEnumerable<Batch>>? Validation { get; init; }

    /// <summary>What is saved; when it was loaded before, the run continues at its step. Null to save nothing.</summary>
    public Checkpoint? Checkpoint { get; init; }

    /// <summary>Where it is saved.</summary>
    public RunFolder? Folder { get; init; }

    /// <summary>Told of everything, in order.</summary>
    public IList<TrainingCallback> Callbacks { get; } = [];

    /// <summary>Steps done.</summary>
    public long Step
    {
        get => Checkpoint?.Step ?? _step;
        private set
        {
            _step = value;
            if (Checkpoint is not null) Checkpoint.Step = value;
        }
    }

    /// <summary>Texts that callbacks keep from one part of a run to the next; saved with the checkpoint.</summary>
    public IDictionary<string, string> Notes => Checkpoint?.Notes ?? _notes;

    /// <summary>Why a callback stopped the run; null when none did.</summary>
    public string? StopReason { get; private set; }

    /// <summary>Ends the run after this step and a last evaluation.</summary>
    /// <param name="reason">For people.</param>
    public void Stop(string reason) => StopReason ??= reason;

    /// <summary>Trains.</summary>
    /// <param name="batches">The batches from a step on, counted from 0: the same ones whether the run was interrupted or not.</param>
    /// <param name="cancellation">Ends the run between two steps; it is saved and can be resumed.</param>
    /// <exception cref="TrainingException">The loss is not a finite number.</exception>
    /// <exception cref="CheckpointException">A file cannot be written.</exception>
    public TrainingEnd Run(Func<long, IEnumerable<Batch>> batches, CancellationToken cancellation = default)
    {
        TrainingEnd end = TrainingEnd.Failed;
        try
        {
            foreach (TrainingCallback callback in Callbacks) callback.OnStart(this);
            Train(batches, cancellation);
            end = StopReason is null ? TrainingEnd.Finished : TrainingEnd.Stopped;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Save();
            end = TrainingEnd.Cancelled;
        }
        finally
        {
            foreach (TrainingCallback callback in Callbacks) callback.OnEnd(this, end);
        }
        return end;
    }

    private void Train(Func<long, IEnumerable<Batch>> batches, CancellationToken cancellation)
    {
        bool evaluated = false;
        using IEnumerator<Batch> source = batches(Step).GetEnumerator();
        while (Step < Steps && StopReason is null)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (TrainingCallback callback in Callbacks) callback.BeforeStep(this);
            using (Profiler.Section("data"))
                if (!source.MoveNext()) break;
            StepReport report = trainer.Step(source.Current);
            Step = report.Step;
            foreach (TrainingCallback callback in Callbacks) callback.OnStep(this, report);
            evaluated = Step % EvaluateEvery == 0;
            if (evaluated) Evaluate(cancellation);
        }
        if (!evaluated) Evaluate(cancellation);
    }

    private void Evaluate(CancellationToken cancellation)
    {
        Save(); // first: an evaluation that is interrupted or fails must not cost the steps before it
        if (Validation is null) return;
        double loss = trainer.Evaluate(Validation(), cancellation);
        foreach (TrainingCallback callback in Callbacks) callback.OnEvaluation(this, loss);
    }

    private void Save()
    {
        if (Checkpoint is null || Folder is null || _saved == Step) return;
        Checkpoint.Save(Folder);
        _saved = Step;
        foreach (TrainingCallback callback in Callbacks) callback.OnSave(this);
    }
}
