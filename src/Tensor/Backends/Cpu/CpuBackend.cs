namespace MiniStack;

/// <summary>The fast kernels of main memory: SIMD and threads. What is not overridden here runs the reference loops.</summary>
internal sealed partial class CpuBackend : ReferenceBackend
{
}
