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
        catch (Exception mistake) when (mistake is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"error: {mistake.Message.ReplaceLineEndings(" ").TrimEnd('.')}. Check the file or folder, or choose another.");
            return Mistake;
        }
        catch (Exception mistake) when (mistake is OutOfMemoryException or InsufficientMemoryException)
        {
            Console.Error.WriteLine($"error: the machine has too little memory for this ({mistake.Message.ReplaceLineEndings(" ").TrimEnd('.')}). Choose smaller sizes.");
            return Mistake;
        }
        catch (Exception bug)
        {
            Console.Error.WriteLine($"error: MiniStack has a bug ({bug.GetType().Name}). {Trace(bug)}");
            return Bug;
        }
    }

    private static string Trace(Exception bug)
    {
        string file = Path.Combine(Path.GetTempPath(), $"ministack-crash-{Environment.ProcessId}.txt");
        try
        {
            File.WriteAllText(file, bug.ToString());
            return $"The trace is in {file}; please report it.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"Please report it with this trace: {bug}";
        }
    }
}
