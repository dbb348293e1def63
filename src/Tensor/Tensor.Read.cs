using System.Globalization;

namespace MiniStack;

public sealed partial class Tensor
{
    /// <summary>The elements in row-major order, as a new array.</summary>
    /// <exception cref="DTypeException"><typeparamref name="T"/> is not what this tensor stores.</exception>
    public T[] ToArray<T>() where T : unmanaged
    {
        CheckElementType<T>(nameof(ToArray));
        using MemoryScope scope = MemoryScope.Begin();
        return Device is CpuDevice ? Contiguous().Raw<T>().ToArray() : Device.Download(this).Raw<T>().ToArray();
    }

    /// <summary>The elements themselves, row by row, for reading and writing without a copy. Counts as a write.</summary>
    /// <remarks>
    /// A span may be used after the tensor's scope has ended: its memory therefore goes to the garbage collector, not back to the pool, and
    /// the span never shows another tensor's elements. Writes through a span that was asked for before the forward pass are not noticed by
    /// Backward.
    /// </remarks>
    /// <exception cref="ShapeException">The elements do not lie row by row.</exception>
    /// <exception cref="DTypeException"><typeparamref name="T"/> is not what this tensor stores.</exception>
    /// <exception cref="DeviceException">The elements do not lie in main memory.</exception>
    public Span<T> AsSpan<T>() where T : unmanaged
    {
        CheckSpan<T>(nameof(AsSpan));
        Storage.CountWrite();
        Storage.Escape();
        return Raw<T>();
    }

    /// <summary>The elements themselves, row by row, for reading without a copy.</summary>
    /// <remarks>Memory that a span has shown does not go back to the pool, as for <see cref="AsSpan{T}"/>.</remarks>
    /// <inheritdoc cref="AsSpan{T}" path="/exception"/>
    public ReadOnlySpan<T> AsReadOnlySpan<T>() where T : unmanaged
    {
        CheckSpan<T>(nameof(AsReadOnlySpan));
        Storage.Escape();
        return Raw<T>();
    }

    /// <summary>The only element.</summary>
    /// <exception cref="ShapeException">There is not exactly one element.</exception>
    /// <exception cref="DTypeException"><typeparamref name="T"/> is not what this tensor stores.</exception>
    public T Item<T>() where T : unmanaged
    {
        CheckElementType<T>(nameof(Item));
        if (Count != 1)
        {
            throw new ShapeException(
                $"Item: a tensor of shape {Shape} has {Count} elements, not one. Use ToArray, or reduce it first, for example with Sum().");
        }
        using MemoryScope scope = MemoryScope.Begin();
        return (Device is CpuDevice ? this : Device.Download(this)).Raw<T>()[0];
    }

    /// <summary>The only element as a <see cref="double"/>, whatever the DType.</summary>
    /// <exception cref="ShapeException">There is not exactly one element.</exception>
    /// <exception cref="DTypeException">It is an I64 that no double is equal to: beyond ±2⁵³ they leave out whole numbers.</exception>
    public double Item() => DType switch
    {
        DType.F32 => Item<float>(),
        DType.F64 => Item<double>(),
        DType.I64 => Exact(Item<long>()),
        DType.F16 => (double)Item<Half>(),
        DType.BF16 => Item<BFloat16>(),
        DType.I32 => Item<int>(),
        DType.U8 => Item<byte>(),
        DType.Bool => Item<bool>() ? 1 : 0,
        _ => throw DTypes.Unknown(DType, nameof(Item)),
    };

    private static double Exact(long value) => (Int128)(double)value == value
        ? value
        : throw new DTypeException(
            string.Create(
                CultureInfo.InvariantCulture, $"Item: {value} is not a double, which has 53 bits for whole numbers. Use Item<long>()."));

    private void CheckElementType<T>(string operation) where T : unmanaged
    {
        if (DTypes.Of<T>() != DType)
        {
            throw new DTypeException(string.Create(CultureInfo.InvariantCulture,
                $"{operation}<{typeof(T).Name}>: the tensor stores {DType}. " +
                $"Ask for that type, or convert first with To(DType.{DTypes.Of<T>()})."));
        }
    }

    private void CheckSpan<T>(string operation) where T : unmanaged
    {
        CheckElementType<T>(operation);
        if (Device is not CpuDevice)
            throw new DeviceException($"{operation}: the tensor lies on {Device}. Copy it first with To(Device.Cpu), or use ToArray.");
        if (!IsContiguous)
        {
            throw new ShapeException(
                $"{operation}: the elements of this view of shape {Shape} do not lie row by row. Call Contiguous() first, or use ToArray.");
        }
    }
}
