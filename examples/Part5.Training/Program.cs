using MiniStack.Examples;
using MiniStack.Examples.Training;

return ExitCode.Of(() => TrainCommand.Run(args));
