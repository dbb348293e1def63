using System.Diagnostics;

namespace MiniStack;

public sealed partial class Tensor
{
    /// <summary>A new tensor like this one, for the result of an operator that works on floats.</summary>
    [DebuggerStepThrough]
    private Tensor NewFloat(string operation)
    {
        CheckFloat(operation);
        return EmptyLike();
    }

    /// <summary>A new tensor like this one, for the result of an operator that works on numbers.</summary>
    [DebuggerStepThrough]
    private Tensor NewNumber(string operation)
    {
        CheckNumber(operation);
        return EmptyLike();
    }

    /// <summary>
    /// The same for two that <see cref="Align"/> brought together; the result of a 16-bit tensor and a number has 16 bits.
    /// </summary>
    [DebuggerStepThrough]
    private static Tensor NewFloat(Tensor a, Tensor b, string operation) => (b.DType.IsHalf() ? b : a).NewFloat(operation);

    /// <inheritdoc cref="NewFloat(Tensor, Tensor, string)"/>
    [DebuggerStepThrough]
    private static Tensor NewNumber(Tensor a, Tensor b, string operation) => (b.DType.IsHalf() ? b : a).NewNumber(operation);

    [DebuggerStepThrough]
    internal void CheckFloat(string operation)
    {
        if (!DType.IsFloat())
            throw new DTypeException($"{operation}: works on floats, not on {DType}. Convert with To(DType.F32).");
    }

    [DebuggerStepThrough]
    private void CheckNumber(string operation)
    {
        if (DType == DType.Bool)
            throw new DTypeException($"{operation}: works on numbers, not on Bool. Convert with To(DType.F32) or To(DType.I64).");
    }

    [DebuggerStepThrough]
    private static void CheckIndices(Tensor indices, string operation)
    {
        if (indices.DType is not (DType.I64 or DType.I32))
            throw new DTypeException($"{operation}: indices must be I64 or I32, not {indices.DType}. Convert with To(DType.I64).");
    }

    /// <summary>Both tensors must share dtype and device.</summary>
    [DebuggerStepThrough]
    internal static void CheckSame(Tensor a, Tensor b, string operation)
    {
        CheckSameDevice(a, b, operation);
        if (a.DType != b.DType)
        {
            DType both = DTypes.Promote(a.DType, b.DType);
            string which = both == a.DType ? "b" : both == b.DType ? "a" : "a and b";
            throw new DTypeException(
                $"{operation}: a is {a.DType} and b is {b.DType}. Convert one of them, for example {which}.To(DType.{both}).");
        }
    }

    [DebuggerStepThrough]
    internal static void CheckSameDevice(Tensor a, Tensor b, string operation)
    {
        if (a.Device != b.Device)
        {
            throw new DeviceException(
                $"{operation}: a lies on {a.Device} and b on {b.Device}. Move one of them, for example b.To(a.Device).");
        }
    }

    /// <summary>
    /// These indices on the device of what they point into. They come from data, which is in main memory, where checking them waits for
    /// nothing.
    /// </summary>
    internal Tensor Beside(Tensor table, string operation)
    {
        if (Device is CpuDevice && table.Device is not CpuDevice) return To(table.Device);
        CheckSameDevice(table, this, operation);
        return this;
    }

    /// <summary>True for a number in F32 beside 16-bit floats on the same device.</summary>
    private static bool IsNumberFor(Tensor number, Tensor tensor) =>
        number._isNumber && tensor.DType.IsHalf() && number.Device == tensor.Device;

    /// <summary>Stretches both to their common shape.</summary>
    [DebuggerStepThrough]
    private static (Tensor A, Tensor B) Align(Tensor a, Tensor b, string operation)
    {
        if (!IsNumberFor(a, b) && !IsNumberFor(b, a)) CheckSame(a, b, operation);
        Shape shape = Shape.Broadcast(a.Shape, b.Shape, operation);
        return (a.Expand(shape), b.Expand(shape));
    }
}
