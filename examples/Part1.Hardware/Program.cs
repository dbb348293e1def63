using MiniStack.Examples;
using MiniStack.Examples.Hardware;

return ExitCode.Of(() => HardwareCommand.Run(args));
