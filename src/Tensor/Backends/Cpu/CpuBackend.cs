using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>The fast kernels of main memory: SIMD and threads. What is not overridden here runs the reference loops.</summary>
/// <remarks>
/// Every choice of a kernel names the dtypes it has one for, and throws for all others: an element read as another type is not an error
/// that anybody sees.
/// </remarks>
internal sealed partial class CpuBackend : ReferenceBackend
{
    /// <summary>Operators on 16-bit floats that have no kernel of their own.</summary>
    private readonly Widened _widened;

    /// <summary>
    /// The kernels. The first of a process says, on the standard error output, when they were compiled without what the processor can do.
    /// </summary>
    public CpuBackend()
    {
        InstructionSets.Check();
        _widened = new Widened(this);
    }

    /// <summary>True for F32, false for F64.</summary>
    /// <exception cref="DTypeException">It is neither.</exception>
    private static bool IsF32(DType dtype, [CallerMemberName] string operation = "") => dtype switch
    {
        DType.F32 => true,
        DType.F64 => false,
        _ => throw Unknown(dtype, operation),
    };

    private static DTypeException Unknown(DType dtype, [CallerMemberName] string operation = "") => DTypes.Unknown(dtype, operation);
}
