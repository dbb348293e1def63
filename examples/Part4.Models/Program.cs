using MiniStack.Examples;
using MiniStack.Examples.Models;

return ExitCode.Of(() => ModelsCommand.Run(args));
