namespace MiniStack.Examples;

/// <summary>What the program's exit code says: 0 done, 2 the user can mend it, 130 interrupted and saved, 1 a bug of ours.</summary>
public static class ExitCode
{
    public const int Done = 0, Bug = 1, Mistake = 2, Interrupted = 130;

    /// <summary>Runs the program. A typed error becomes one line; a bug leaves its trace in a file.</summary>
    public static int Of(Func<int> program)
    {
        try
        {
            return program();
        }
        catch (MiniStackException mistake)
        {
            Console.Error.WriteLine($"error: {mistake.Message}");
            return Mistake;
        }
        catch (Exception bug)
        {
            string file = Path.Combine(Path.GetTempPath(), $"ministack-crash-{Environment.ProcessId}.txt");
            File.WriteAllText(file, bug.ToString());
            Console.Error.WriteLine($"error: MiniStack has a bug ({bug.GetType().Name}). The trace is in {file}; please report it.");
            return Bug;
        }
    }
}
