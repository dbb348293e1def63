using System.Diagnostics;

namespace MiniStack.Examples.StepMe;

/// <summary>Prints the way from an operator down to the arithmetic, as a debugger's call stack would show it.</summary>
internal static class CallStack
{
    private static bool _wanted, _printed;

    /// <summary>0, or 1 when a stack was asked for and no kernel reported: a Release build.</summary>
    public static int ExitCode
    {
        get
        {
            if (!_wanted || _printed) return 0;
            Console.Error.WriteLine("No kernel reported its call stack: they do so in Debug builds only. Run with -c Debug.");
            return 1;
        }
    }

    public static void PrintAtTheFirstMultiplyAdd()
    {
        _wanted = true;
        KernelTrace.OnMultiplyAdd = Print;
    }

    private static void Print()
    {
        KernelTrace.OnMultiplyAdd = null;
        _printed = true;
        StackFrame[] frames = new StackTrace(fNeedFileInfo: true).GetFrames();
        // Innermost first: this method and the report come before the kernel, the layers come after the operator.
        int kernel = Array.FindLastIndex(frames, frame => frame.GetMethod()?.DeclaringType == typeof(KernelTrace)) + 1;
        int operation = Array.FindIndex(frames, frame => frame.GetMethod()?.DeclaringType == typeof(Variable));
        Console.WriteLine($"{operation - kernel} calls from the operator to the multiply-adds:");
        for (int i = operation; i >= kernel; i--) Console.WriteLine($"  {Describe(frames[i])}");
    }

    private static string Describe(StackFrame frame)
    {
        string type = frame.GetMethod()!.DeclaringType!.Name.Split('`')[0];
        return $"{type}.{frame.GetMethod()!.Name}".PadRight(28) + $"{Path.GetFileName(frame.GetFileName())}:{frame.GetFileLineNumber()}";
    }
}
