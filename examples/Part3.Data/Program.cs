using MiniStack.Examples;
using MiniStack.Examples.Data;

return ExitCode.Of(() => DataCommand.Run(args));
