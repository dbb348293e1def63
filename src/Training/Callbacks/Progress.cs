using System.Globalization;

namespace MiniStack.Training;

/// <summary>Prints a line every so many steps and at each evaluation.</summary>
/// <param name="writer">Where to; the console when null.</param>
/// <param name="every">Steps from one line to the next; at least 1.</param>
/// <exception cref="ConfigException"><paramref name="every"/> is below 1.</exception>
public sealed class Progress(TextWriter? writer = null, long every = 100) : TrainingCallback
{
    private readonly TextWriter _writer = writer ?? Console.Out;
    private readonly long _every = Settings.AtLeast(nameof(Progress), 1, every, nameof(every));
    private double _sum;
    private long _steps, _skipped, _tokens;
    private TimeSpan _time;

    /// <inheritdoc/>
    public override void OnStep(TrainingLoop loop, StepReport report)
    {
        // The loss of a batch that was left out may be no number, and belongs to no mean.
        (_sum, _steps, _skipped) = report.IsSkipped ? (_sum, _steps, _skipped + 1) : (_sum + report.Loss, _steps + 1, _skipped);
        (_tokens, _time) = (_tokens + report.Tokens, _time + report.Elapsed);
        if (report.Step % _every != 0) return;
        string skipped = _skipped == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {_skipped} skipped");
        _writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"step {report.Step}/{loop.Steps}: loss {_sum / _steps:F4}, learning rate {report.LearningRate:G3}, " +
            $"{_tokens / _time.TotalSeconds:F0} tokens/s{skipped}"));
        (_sum, _steps, _skipped, _tokens, _time) = (0, 0, 0, 0, TimeSpan.Zero);
    }

    /// <inheritdoc/>
    public override void OnEvaluation(TrainingLoop loop, double loss) =>
        _writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {loop.Step}/{loop.Steps}: validation loss {loss:F4}"));

    /// <inheritdoc/>
    public override void OnEnd(TrainingLoop loop, TrainingEnd end)
    {
        if (loop.StopReason is { } reason) _writer.WriteLine(reason);
    }
}
