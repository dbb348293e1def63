using System.Globalization;

namespace MiniStack.Training;

/// <summary>Ends a run whose validation loss has not become better for some evaluations: what follows would be learned by heart.</summary>
/// <remarks>Prechelt 1998, "Early Stopping, But When?". What it has seen is saved with the checkpoint.</remarks>
public sealed class EarlyStopping : TrainingCallback
{
    private const string Note = "early_stopping";

    private readonly int _patience;
    private readonly double _minimumDelta;
    private double _best = double.PositiveInfinity;
    private int _waited;

    /// <param name="patience">So many evaluations in a row without improvement end the run.</param>
    /// <param name="minimumDelta">An improvement is more than this.</param>
    /// <exception cref="ConfigException">The patience is below 1, or the delta negative or not a number.</exception>
    public EarlyStopping(int patience, double minimumDelta = 0)
    {
        if (patience < 1) throw new ConfigException($"EarlyStopping: the patience must be at least 1 evaluation, not {patience}.");
        if (!(minimumDelta >= 0 && double.IsFinite(minimumDelta)))
        {
            throw new ConfigException(FormattableString.Invariant(
                $"EarlyStopping: the least improvement must be at least 0, not {minimumDelta}."));
        }
        (_patience, _minimumDelta) = (patience, minimumDelta);
    }

    /// <inheritdoc/>
    public override void OnStart(TrainingLoop loop)
    {
        if (!loop.Notes.TryGetValue(Note, out string? note)) return;
        if (note.Split(' ') is not [var best, var waited]
            || !double.TryParse(best, NumberStyles.Float, CultureInfo.InvariantCulture, out _best)
            || !int.TryParse(waited, NumberStyles.None, CultureInfo.InvariantCulture, out _waited))
        {
            throw new CheckpointException(
                $"EarlyStopping: the run's note '{Note}' is '{note}', not a loss and a number of evaluations. " +
                "The run's files are damaged.");
        }
    }

    /// <inheritdoc/>
    public override void OnEvaluation(TrainingLoop loop, double loss)
    {
        if (loss < _best - _minimumDelta) (_best, _waited) = (loss, 0);
        else _waited++;
        loop.Notes[Note] = string.Create(CultureInfo.InvariantCulture, $"{_best:R} {_waited}");
        if (_waited < _patience) return;
        loop.Stop(double.IsFinite(_best)
            ? string.Create(
                CultureInfo.InvariantCulture, $"The validation loss has not become better than {_best:F4} for {_waited} evaluations.")
            : string.Create(CultureInfo.InvariantCulture, $"The validation loss has not been a finite number for {_waited} evaluations."));
    }
}
