namespace MiniStack;

/// <summary>The fast kernels of main memory: SIMD and threads. What is not overridden here runs the reference loops.</summary>
public sealed partial class CpuBackend : ReferenceBackend
{
    /// <summary>The kernels. The first of a process says, on the standard error output, when they were compiled without what the processor can do.</summary>
    public CpuBackend() => InstructionSets.Check();
}
