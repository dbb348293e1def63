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
/// <remarks>
/// <para>Everything a step does is in <see cref="Trainer.Step"/>; whoever wants another loop writes one around it. The loop counts the
/// steps: what number a batch carries does not matter.</para>
/// <para>With a checkpoint and a folder, the folder is made, tried, locked and, when the run begins, saved to before the first step; a run
/// that is killed at any moment after that continues from there. An evaluation belongs to its step: it is made after the step was saved,
/// and when it did not come to its end, a run that continues there makes it up first, so that early stopping ends it at the same
/// step.</para>
/// </remarks>
public sealed class TrainingLoop
{
    private const string Evaluated = "loop.evaluated"; // the note of the last step with an evaluation

    private readonly Trainer _trainer;
    private readonly Dictionary<string, string> _notes = new(StringComparer.Ordinal);
    private long _step, _saved = -1;

    /// <summary>A loop; nothing is trained yet.</summary>
    /// <param name="trainer">Makes the steps.</param>
    public TrainingLoop(Trainer trainer)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        _trainer = trainer;
    }

    /// <summary>How many steps the whole run has, those of earlier parts included.</summary>
    /// <exception cref="ConfigException">It is negative.</exception>
    public required long Steps
    {
        get;
        init => field = Settings.AtLeast(nameof(TrainingLoop), 0, value, nameof(Steps));
    }

    /// <summary>Steps from one evaluation, and save, to the next; there is one at the end in any case.</summary>
    /// <exception cref="ConfigException">It is below 1.</exception>
    public long EvaluateEvery
    {
        get;
        init => field = Settings.AtLeast(nameof(TrainingLoop), 1, value, nameof(EvaluateEvery));
    } = 250;

    /// <summary>
    /// Makes the batches of an evaluation, the same each time; null for none. The first is asked for once before training, to see that
    /// there is one.
    /// </summary>
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
    /// <exception cref="CheckpointException">A file cannot be written, another run works in the folder, or it holds another run's
    /// checkpoint.</exception>
    /// <exception cref="ConfigException">A setting makes no sense, such as a validation without batches.</exception>
    public TrainingEnd Run(Func<long, IEnumerable<Batch>> batches, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(batches);
        CheckValidation();
        using IDisposable? locked = Begin();
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

    private void CheckValidation()
    {
        if (Validation is null) return;
        using IEnumerator<Batch> batches = Validation().GetEnumerator();
        if (!batches.MoveNext())
            throw new ConfigException("TrainingLoop: Validation gives no batches. Give at least one, or leave Validation out.");
    }

    /// <summary>Finds out before the first step whether the run can be saved, and sees to it that it can be continued.</summary>
    /// <returns>The folder's lock.</returns>
    private IDisposable? Begin()
    {
        if (Checkpoint is null || Folder is null) return null;
        Folder.Create();
        IDisposable locked = Folder.BeginRun();
        try
        {
            if (Checkpoint.IsKnown) return locked;
            if (Folder.HasCheckpoint)
            {
                throw new CheckpointException(
                    $"{Folder.Path}: it holds a checkpoint that this run has not loaded, and would lose. " +
                    "Continue it with Checkpoint.Load, or choose another folder.");
            }
            Checkpoint.Save(Folder);
            _saved = Step;
            return locked;
        }
        catch
        {
            locked.Dispose();
            throw;
        }
    }

    private void Train(Func<long, IEnumerable<Batch>> batches, CancellationToken cancellation)
    {
        bool evaluated = IsEvaluated;
        if (Step > 0 && Step % EvaluateEvery == 0 && !evaluated)
        {
            Evaluate(cancellation); // cut off in an earlier part of the run
            evaluated = true;
        }
        using IEnumerator<Batch> source = batches(Step).GetEnumerator();
        while (Step < Steps && StopReason is null)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (TrainingCallback callback in Callbacks) callback.BeforeStep(this);
            using (Profiler.Section("data"))
                if (!source.MoveNext()) break;
            StepReport report = _trainer.Step(source.Current with { Step = Step });
            Step = report.Step;
            foreach (TrainingCallback callback in Callbacks) callback.OnStep(this, report);
            evaluated = Step % EvaluateEvery == 0;
            if (evaluated) Evaluate(cancellation);
        }
        if (!evaluated) Evaluate(cancellation);
    }

    private bool IsEvaluated => Notes.TryGetValue(Evaluated, out string? note) && note == Text(Step);

    private void Evaluate(CancellationToken cancellation)
    {
        Save(); // first: an evaluation that is interrupted or fails must not cost the steps before it
        if (Validation is null) return;
        double loss = _trainer.Evaluate(Validation(), cancellation);
        foreach (TrainingCallback callback in Callbacks) callback.OnEvaluation(this, loss);
        Notes[Evaluated] = Text(Step);
    }

    private void Save()
    {
        if (Checkpoint is null || Folder is null || _saved == Step) return;
        Checkpoint.Save(Folder);
        _saved = Step;
        foreach (TrainingCallback callback in Callbacks) callback.OnSave(this);
    }

    private static string Text(long step) => step.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
