using System.Diagnostics;

namespace MiniStack.Tests;

/// <summary>How far it is from a call to the arithmetic, for a reader who steps in.</summary>
[Collection(nameof(ProcessWide))]
public class KernelTraceTests : IDisposable
{
    private readonly int _count = CpuThreads.Count;

    public void Dispose()
    {
        CpuThreads.Count = _count;
        KernelTrace.OnMultiplyAdd = null;
    }

#if DEBUG
    [Theory]
    [InlineData(5, 7, 3)]
    [InlineData(200, 20, 40)]
    public void Linear_OnOneThread_IsFourCallsFromTheMicroKernel(int rows, int inputs, int outputs)
    {
        CpuThreads.Count = 1;
        string[]? stack = null;
        KernelTrace.OnMultiplyAdd = () => stack ??= [.. new StackTrace().GetFrames().Select(frame => frame.GetMethod()!.Name)];
        Tensor.Zeros([rows, inputs]).Linear(Tensor.Zeros([outputs, inputs]));
        Assert.NotNull(stack);
        int kernel = Array.FindIndex(stack, name => name.StartsWith("Rows", StringComparison.Ordinal));
        int first = Array.LastIndexOf(stack, nameof(Tensor.Linear)); // Tensor.Linear; CpuBackend.Linear is nearer to the kernel
        Assert.InRange(first - kernel, 1, 5);
    }
#else
    [Fact]
    public void Linear_InRelease_ReportsNothing()
    {
        bool reported = false;
        KernelTrace.OnMultiplyAdd = () => reported = true;
        Tensor.Zeros([5, 7]).Linear(Tensor.Zeros([3, 7]));
        Assert.False(reported);
    }
#endif
}
