using MiniStack;
using MiniStack.Examples.Training;

// Exit codes: 0 done, 2 the user can mend it (one line says how), 130 interrupted and saved, 1 a bug of ours (the trace is in a file).
try
{
    return TrainCommand.Run(args);
}
catch (MiniStackException mistake)
{
    Console.Error.WriteLine($"error: {mistake.Message}");
    return 2;
}
catch (Exception bug)
{
    string file = Path.Combine(Path.GetTempPath(), $"ministack-crash-{Environment.ProcessId}.txt");
    File.WriteAllText(file, bug.ToString());
    Console.Error.WriteLine($"error: MiniStack has a bug: {bug.GetType().Name}. The trace is in {file}; please report it.");
    return 1;
}
