using MiniStack.Examples;
using MiniStack.Examples.FineTuning;

return ExitCode.Of(() => FineTuningCommand.Run(args));
