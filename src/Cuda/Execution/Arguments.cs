using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack.Cuda;

/// <summary>The parameters of one launch, in the kernel's order, on the caller's stack: a launch allocates nothing.</summary>
internal unsafe ref struct Arguments
{
    public const int Most = 32;

    private const int MostBytes = 768;

    private fixed byte _bytes[MostBytes];
    private fixed int _offsets[Most];
    private int _used;
    private Roots _roots;
    private int _rooted;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The address of element (0, 0, …); 0 for null.</summary>
    [UnscopedRef]
    public ref Arguments Pointer(Tensor? tensor)
    {
        if (tensor is null) return ref Value(0UL);
        // Until the launch, nobody else may take the tensor for garbage and rent its block.
        _roots[_rooted++] = tensor.Storage;
        return ref Value(AddressOf(tensor));
    }

    /// <summary>Where element (0, 0, …) of a tensor lies.</summary>
    public static ulong AddressOf(Tensor tensor) =>
        ((CudaStorage)tensor.Storage).Address + (ulong)(tensor.Layout.Offset * tensor.DType.Size());

    /// <summary>Pointer and <see cref="Axes"/> of all axes.</summary>
    [UnscopedRef]
    public ref Arguments Operand(Tensor tensor) => ref Pointer(tensor).Value(Axes.Of(tensor));

    /// <summary>Pointer and <see cref="Cuda.Rows"/>.</summary>
    [UnscopedRef]
    public ref Arguments Rows(Tensor tensor) => ref Pointer(tensor).Value(Cuda.Rows.Of(tensor));

    /// <summary>Pointer and <see cref="Cuda.Heads"/>.</summary>
    [UnscopedRef]
    public ref Arguments Heads(Tensor tensor) => ref Pointer(tensor).Value(Cuda.Heads.Of(tensor));

    /// <summary>Pointer and stride of a vector, perhaps none.</summary>
    [UnscopedRef]
    public ref Arguments Vector(Tensor? tensor) => ref Pointer(tensor).Value(tensor?.Strides[0] ?? 0);

    /// <summary>A number of the kernel's type.</summary>
    [UnscopedRef]
    public ref Arguments Number(double number, DType dtype)
    {
        if (dtype == DType.F32) return ref Value((float)number);
        return ref Value(number);
    }

    /// <summary>A structure of numbers of the kernel's type.</summary>
    [UnscopedRef]
    public ref Arguments Numbers(DType dtype, params ReadOnlySpan<double> numbers)
    {
        Begin();
        foreach (double number in numbers)
        {
            if (dtype == DType.F32) Append((float)number);
            else Append(number);
        }
        return ref this;
    }

    /// <summary>Anything by value.</summary>
    [UnscopedRef]
    public ref Arguments Value<T>(in T value) where T : unmanaged
    {
        Begin();
        Append(value);
        return ref this;
    }

    /// <summary>Writes the address of each parameter; they are valid as long as this stays on the stack.</summary>
    public void Locate(Span<IntPtr> addresses)
    {
        byte* start = (byte*)Unsafe.AsPointer(ref _bytes[0]);
        for (int i = 0; i < Count; i++) addresses[i] = (IntPtr)(start + _offsets[i]);
    }

    /// <summary>The next parameter starts at a multiple of eight bytes, which fits every type.</summary>
    private void Begin()
    {
        _used = (_used + sizeof(long) - 1) & -sizeof(long);
        _offsets[Count++] = _used;
    }

    private void Append<T>(in T value) where T : unmanaged
    {
        MemoryMarshal.Write(MemoryMarshal.CreateSpan(ref _bytes[0], MostBytes)[_used..], value);
        _used += Unsafe.SizeOf<T>();
    }

    [InlineArray(Most)]
    private struct Roots
    {
        private Storage? _first;
    }
}
