namespace MiniStack;

/// <summary>The type of a tensor's elements.</summary>
public enum DType
{
    /// <summary>32-bit IEEE 754 floating point (C# <see cref="float"/>): the default.</summary>
    F32,

    /// <summary>64-bit IEEE 754 floating point (C# <see cref="double"/>): for checking gradients.</summary>
    F64,

    /// <summary>16-bit IEEE 754 floating point (C# <see cref="Half"/>): stored so, computed in F32.</summary>
    F16,

    /// <summary>
    /// 16-bit brain floating point (<see cref="MiniStack.BFloat16"/>), F32 without its last 16 bits: stored so, computed in F32.
    /// </summary>
    BF16,

    /// <summary>64-bit signed integer (C# <see cref="long"/>): indices and token ids.</summary>
    I64,

    /// <summary>32-bit signed integer (C# <see cref="int"/>).</summary>
    I32,

    /// <summary>8-bit unsigned integer (C# <see cref="byte"/>): the pixels of images.</summary>
    U8,

    /// <summary>True or false, one byte each: the result of comparisons (C# <see cref="bool"/>).</summary>
    Bool,
}

/// <summary>Facts about each <see cref="DType"/>.</summary>
public static class DTypes
{
    /// <summary>Bytes per element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">This is none of the dtypes.</exception>
    public static int Size(this DType dtype) => dtype switch
    {
        DType.F32 or DType.I32 => 4,
        DType.F64 or DType.I64 => 8,
        DType.F16 or DType.BF16 => 2,
        DType.U8 or DType.Bool => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Not a DType of MiniStack."),
    };

    /// <summary>True for F32, F64, F16 and BF16.</summary>
    public static bool IsFloat(this DType dtype) => dtype is DType.F32 or DType.F64 or DType.F16 or DType.BF16;

    /// <summary>True for F16 and BF16, whose numbers are stored in 16 bits and computed with in F32.</summary>
    public static bool IsHalf(this DType dtype) => dtype is DType.F16 or DType.BF16;

    /// <summary>The DType that sums of many such numbers are kept in: F32 for F16 and BF16, the same one for all others.</summary>
    /// <remarks>A loss of 4 in BF16 is known to 1/64 only; what statistics an operator keeps for its gradient would be as coarse.</remarks>
    public static DType Wide(this DType dtype) => dtype.IsHalf() ? DType.F32 : dtype;

    /// <summary>True for I64, I32 and U8.</summary>
    public static bool IsInteger(this DType dtype) => dtype is DType.I64 or DType.I32 or DType.U8;

    /// <summary>True for floats and integers, all but Bool.</summary>
    internal static bool IsNumber(this DType dtype) => dtype.IsFloat() || dtype.IsInteger();

    /// <summary>True for U8.</summary>
    public static bool IsUnsigned(this DType dtype) => dtype is DType.U8;

    /// <summary>
    /// The DType that holds the numbers of both: what to convert to before computing with two tensors of different dtypes.
    /// </summary>
    /// <remarks>
    /// No operator converts by itself: a sum of an F32 and an I64 tensor is an error that names this rule's answer. The rule, as PyTorch's
    /// for tensors: a Bool gives way to everything; an integer gives way to a float; of two integers, or two floats, the wider one stays;
    /// F16 and BF16, neither of which holds the other's numbers, meet in F32.
    /// </remarks>
    public static DType Promote(DType a, DType b)
    {
        if (a == b) return a;
        if (a.IsHalf() && b.IsHalf()) return DType.F32;
        return Rank(a) >= Rank(b) ? a : b;

        static int Rank(DType dtype) => dtype switch
        {
            DType.Bool => 0,
            DType.U8 => 1,
            DType.I32 => 2,
            DType.I64 => 3,
            DType.F16 or DType.BF16 => 4,
            DType.F32 => 5,
            DType.F64 => 6,
            _ => throw Unknown(dtype, nameof(Promote)),
        };
    }

    /// <summary>The DType that stores <typeparamref name="T"/>.</summary>
    /// <exception cref="DTypeException">No DType stores <typeparamref name="T"/>.</exception>
    public static DType Of<T>() where T : unmanaged =>
        typeof(T) == typeof(float) ? DType.F32
        : typeof(T) == typeof(double) ? DType.F64
        : typeof(T) == typeof(Half) ? DType.F16
        : typeof(T) == typeof(BFloat16) ? DType.BF16
        : typeof(T) == typeof(long) ? DType.I64
        : typeof(T) == typeof(int) ? DType.I32
        : typeof(T) == typeof(byte) ? DType.U8
        : typeof(T) == typeof(bool) ? DType.Bool
        : throw new DTypeException(
            $"No tensor stores {typeof(T).Name}. " +
            "Use float (F32), double (F64), Half (F16), BFloat16 (BF16), long (I64), int (I32), byte (U8) or bool (Bool).");

    /// <summary>The error of an operator that has no kernel for a dtype.</summary>
    internal static DTypeException Unknown(DType dtype, string operation) =>
        new($"{operation}: does not work on {dtype}. Convert with To, for example To(DType.F32) or To(DType.I64).");
}
