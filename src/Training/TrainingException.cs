namespace MiniStack.Training;

/// <summary>Training cannot go on: the loss is no longer a number, or a run's files do not fit together.</summary>
public sealed class TrainingException(string message) : MiniStackException(message);
