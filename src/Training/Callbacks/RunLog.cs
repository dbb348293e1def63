using MiniStack.Formats;

namespace MiniStack.Training;

/// <summary>
/// Writes what happens into a run's folder: each step and evaluation as a line of JSON and of CSV, and the losses as a picture.
/// </summary>
/// <param name="folder">Its <see cref="RunFolder.Log"/>, <see cref="RunFolder.Table"/> and <see cref="RunFolder.Chart"/> are
/// written.</param>
/// <param name="title">Stands above the picture.</param>
/// <param name="floor">A loss to draw as a dashed line, in nats, or null.</param>
/// <param name="floorName">What that loss is.</param>
public sealed class RunLog(RunFolder folder, string title, double? floor = null, string floorName = "") : TrainingCallback
{
    private TrainingLog? _log;

    /// <summary>The losses so far; from the run's start on.</summary>
    public TrainingLog Log => _log ?? throw new ConfigException("RunLog: the run has not started.");

    /// <inheritdoc/>
    public override void OnStart(TrainingLoop loop) =>
        _log = loop.Step == 0 ? TrainingLog.Start(folder.Log) : TrainingLog.Continue(folder.Log, loop.Step);

    /// <inheritdoc/>
    public override void OnStep(TrainingLoop loop, StepReport report) => Log.Add(report);

    /// <inheritdoc/>
    public override void OnSave(TrainingLoop loop) => Log.Flush();

    /// <inheritdoc/>
    public override void OnEvaluation(TrainingLoop loop, double loss)
    {
        // A finished run that is resumed is evaluated again, but noted once.
        if (Log.Validation is not [.., (long step, _)] || step != loop.Step) Log.AddValidation(loop.Step, loss);
        Write();
    }

    /// <inheritdoc/>
    public override void OnEnd(TrainingLoop loop, TrainingEnd end)
    {
        if (_log is not null && end != TrainingEnd.Failed) Write();
    }

    private void Write()
    {
        Log.Flush();
        AtomicFile.WriteText(folder.Table, Log.ToCsv());
        AtomicFile.WriteText(folder.Chart, LossChart.Draw(title, Log.Training, Log.Validation, floor, floorName));
    }
}
