using System.Diagnostics;

namespace MiniStack;

/// <summary>
/// Tells a program when a call has arrived at the arithmetic, so that it can show the way: examples/StepMe prints the stack.
/// </summary>
/// <remarks>For Debug builds only: in Release the kernels do not contain the call, and nothing is ever reported.</remarks>
public static class KernelTrace
{
    /// <summary>Called on the thread that computes, at the start of every tile of multiply-adds; null for nobody.</summary>
    public static Action? OnMultiplyAdd { get; set; }

    [Conditional("DEBUG")]
    internal static void Visit() => OnMultiplyAdd?.Invoke();
}
