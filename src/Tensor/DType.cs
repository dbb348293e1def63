namespace MiniStack;

/// <summary>The type of a tensor's elements.</summary>
public enum DType
{
    /// <summary>32-bit IEEE 754 floating point (C# <see cref="float"/>): the default.</summary>
    F32,

    /// <summary>64-bit IEEE 754 floating point (C# <see cref="double"/>): for checking gradients.</summary>
    F64,

    /// <summary>64-bit signed integer (C# <see cref="long"/>): indices and token ids.</summary>
    I64,

    /// <summary>32-bit signed integer (C# <see cref="int"/>).</summary>
    I32,

    /// <summary>True or false, one byte each: the result of comparisons (C# <see cref="bool"/>).</summary>
    Bool,
}

/// <summary>Facts about each <see cref="DType"/>.</summary>
public static class DTypes
{
    /// <summary>Bytes per element.</summary>
    public static int Size(this DType dtype) => dtype switch
    {
        DType.F32 or DType.I32 => 4,
        DType.F64 or DType.I64 => 8,
        DType.Bool => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Not a DType of MiniStack."),
    };

    /// <summary>True for F32 and F64.</summary>
    public static bool IsFloat(this DType dtype) => dtype is DType.F32 or DType.F64;

    /// <summary>True for I32 and I64.</summary>
    public static bool IsInteger(this DType dtype) => dtype is DType.I32 or DType.I64;

    /// <summary>The DType that stores <typeparamref name="T"/>.</summary>
    /// <exception cref="DTypeException">No DType stores <typeparamref name="T"/>.</exception>
    public static DType Of<T>() where T : unmanaged =>
        typeof(T) == typeof(float) ? DType.F32
        : typeof(T) == typeof(double) ? DType.F64
        : typeof(T) == typeof(long) ? DType.I64
        : typeof(T) == typeof(int) ? DType.I32
        : typeof(T) == typeof(bool) ? DType.Bool
        : throw new DTypeException(
            $"No tensor stores {typeof(T).Name}. Use float (F32), double (F64), long (I64), int (I32) or bool (Bool).");
}
