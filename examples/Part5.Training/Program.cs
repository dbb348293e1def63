using MiniStack.Examples.Training;

return ExitCode.Of(() => TrainCommand.Run(args));
