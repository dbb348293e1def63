namespace ManagedCuda.BasicTypes;

/// <summary>A size as the driver counts: as wide as a pointer.</summary>
public struct SizeT : IEquatable<SizeT>
{
    private nuint _value;

    /// <summary>A size.</summary>
    public SizeT(ulong value) => _value = checked((nuint)value);

    /// <summary>A size.</summary>
    public static implicit operator SizeT(int value) => new(checked((ulong)value));

    /// <summary>A size.</summary>
    public static implicit operator SizeT(uint value) => new(value);

    /// <summary>A size.</summary>
    public static implicit operator SizeT(long value) => new(checked((ulong)value));

    /// <summary>A size.</summary>
    public static implicit operator SizeT(ulong value) => new(value);

    /// <summary>As a number; throws when it does not fit.</summary>
    public static implicit operator int(SizeT size) => checked((int)size._value);

    /// <summary>As a number; throws when it does not fit.</summary>
    public static implicit operator uint(SizeT size) => checked((uint)size._value);

    /// <summary>As a number; throws when it does not fit.</summary>
    public static implicit operator long(SizeT size) => checked((long)size._value);

    /// <summary>As a number.</summary>
    public static implicit operator ulong(SizeT size) => size._value;

    /// <summary>a + b.</summary>
    public static SizeT operator +(SizeT a, SizeT b) => new(checked(a._value + b._value));

    /// <summary>a − b.</summary>
    public static SizeT operator -(SizeT a, SizeT b) => new(checked(a._value - b._value));

    /// <summary>a · b.</summary>
    public static SizeT operator *(SizeT a, SizeT b) => new(checked(a._value * b._value));

    /// <summary>Equal sizes.</summary>
    public static bool operator ==(SizeT a, SizeT b) => a._value == b._value;

    /// <summary>Different sizes.</summary>
    public static bool operator !=(SizeT a, SizeT b) => a._value != b._value;

    /// <inheritdoc/>
    public readonly bool Equals(SizeT other) => _value == other._value;

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is SizeT other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => _value.GetHashCode();

    /// <inheritdoc/>
    public override readonly string ToString() => _value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>An address in device memory.</summary>
public struct CUdeviceptr
{
    /// <summary>The address as a number.</summary>
    public SizeT Pointer;

    /// <summary>An address.</summary>
    public CUdeviceptr(SizeT pointer) => Pointer = pointer;

    /// <summary>An address further up, in bytes.</summary>
    public static CUdeviceptr operator +(CUdeviceptr address, SizeT bytes) => new(address.Pointer + bytes);
}

/// <summary>A device.</summary>
public struct CUdevice
{
    /// <summary>Its number.</summary>
    public int Pointer;
}

/// <summary>A context: what a process has on a device.</summary>
public struct CUcontext
{
    /// <summary>The driver's handle.</summary>
    public IntPtr Pointer;
}

/// <summary>Loaded code.</summary>
public struct CUmodule
{
    /// <summary>The driver's handle.</summary>
    public IntPtr Pointer;
}

/// <summary>A kernel of a module.</summary>
public struct CUfunction
{
    /// <summary>The driver's handle.</summary>
    public IntPtr Pointer;
}

/// <summary>A queue of work: what is put in comes out in order.</summary>
public struct CUstream
{
    /// <summary>The driver's handle.</summary>
    public IntPtr Pointer;

    /// <summary>The queue that every context has.</summary>
    public static CUstream NullStream => default;
}

/// <summary>Work that a stream was given while it was captured.</summary>
public struct CUgraph
{
    /// <summary>The driver's handle.</summary>
    public IntPtr Pointer;
}

/// <summary>A graph that can be launched.</summary>
public struct CUgraphExec
{
    /// <summary>The driver's handle.</summary>
    public IntPtr Pointer;
}

/// <summary>A mark in a stream.</summary>
public struct CUevent
{
    /// <summary>The driver's handle.</summary>
    public IntPtr Pointer;
}
