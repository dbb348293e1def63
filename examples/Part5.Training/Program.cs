using MiniStack.Examples;
using MiniStack.Examples.Training;

// The main job has no name of its own; who gives it one means it.
return ExitCode.Of(() => TrainCommand.Run(args is ["train", .. string[] rest] ? rest : args));
