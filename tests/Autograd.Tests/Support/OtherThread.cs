namespace MiniStack.Tests;

/// <summary>Runs something on a thread of its own.</summary>
internal static class OtherThread
{
    /// <summary>What the action threw there, or null.</summary>
    public static Exception? Run(Action action)
    {
        Exception? error = null;
        Thread thread = new(() => error = Record.Exception(action));
        thread.Start();
        thread.Join();
        return error;
    }
}
