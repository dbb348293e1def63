using Microsoft.Extensions.Logging;

namespace MiniStack.Training;

/// <summary>Tells an <see cref="ILogger"/> of a run: its start and end, every so many steps, each evaluation and save.</summary>
/// <param name="logger">Where to.</param>
/// <param name="every">Steps from one line to the next; at least 1.</param>
/// <exception cref="ConfigException"><paramref name="every"/> is below 1.</exception>
public sealed partial class RunLogger(ILogger logger, long every = 100) : TrainingCallback
{
    private readonly long _every = Settings.AtLeast(nameof(RunLogger), 1, every, nameof(every));

    /// <inheritdoc/>
    public override void OnStart(TrainingLoop loop) => Started(logger, loop.Step, loop.Steps);

    /// <inheritdoc/>
    public override void OnStep(TrainingLoop loop, StepReport report)
    {
        if (report.Step % _every == 0) Stepped(logger, report.Step, report.Loss, report.LearningRate, report.GradNorm);
    }

    /// <inheritdoc/>
    public override void OnSave(TrainingLoop loop) => Saved(logger, loop.Step);

    /// <inheritdoc/>
    public override void OnEvaluation(TrainingLoop loop, double loss) => Evaluated(logger, loop.Step, loss);

    /// <inheritdoc/>
    public override void OnEnd(TrainingLoop loop, TrainingEnd end) => Ended(logger, end, loop.Step, loop.StopReason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Training from step {Step} to {Steps}")]
    private static partial void Started(ILogger logger, long step, long steps);

    [LoggerMessage(
        Level = LogLevel.Information, Message = "Step {Step}: loss {Loss}, learning rate {LearningRate}, gradient norm {GradNorm}")]
    private static partial void Stepped(ILogger logger, long step, double loss, double learningRate, double gradNorm);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Step {Step}: saved")]
    private static partial void Saved(ILogger logger, long step);

    [LoggerMessage(Level = LogLevel.Information, Message = "Step {Step}: validation loss {Loss}")]
    private static partial void Evaluated(ILogger logger, long step, double loss);

    [LoggerMessage(Level = LogLevel.Information, Message = "Training ended ({End}) at step {Step}. {Reason}")]
    private static partial void Ended(ILogger logger, TrainingEnd end, long step, string? reason);
}
