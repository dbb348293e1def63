using System.Globalization;

namespace MiniStack;

public sealed partial class Tensor
{
    /// <summary>A tensor whose content is undefined until written.</summary>
    /// <exception cref="ShapeException">More elements than one block can hold (2³¹).</exception>
    public static Tensor Empty(Shape shape, DType dtype = DType.F32, Device? device = null)
    {
        CheckRoom(shape, operation: null);
        return new Tensor((device ?? Device.Cpu).Allocate(shape.Count * dtype.Size()), Layout.Contiguous(shape), dtype);
    }

    /// <summary>Throws unless one tensor can hold a shape: what is too large is refused before anything is allocated for it.</summary>
    internal static void CheckRoom(Shape shape, string? operation)
    {
        if (shape.Count <= Array.MaxLength) return;
        string prefix = operation is null ? "A" : $"{operation}: a";
        throw new ShapeException(string.Create(
            CultureInfo.InvariantCulture,
            $"{prefix} tensor of shape {shape} has {shape.Count:N0} elements; one tensor holds at most {Array.MaxLength:N0}. " +
            $"Split it along an axis."));
    }

    /// <summary>A tensor of this one's shape, dtype and device, whose content is undefined until written.</summary>
    internal Tensor EmptyLike() => Empty(Shape, DType, Device);

    /// <summary>All elements 0 (false for Bool).</summary>
    public static Tensor Zeros(Shape shape, DType dtype = DType.F32, Device? device = null) =>
        Filled(shape, 0, dtype, device ?? Device.Cpu);

    /// <summary>All elements 1 (true for Bool).</summary>
    public static Tensor Ones(Shape shape, DType dtype = DType.F32, Device? device = null) => Filled(shape, 1, dtype, device ?? Device.Cpu);

    /// <summary>All elements <paramref name="value"/>.</summary>
    /// <exception cref="DTypeException">The dtype cannot hold the value: a fraction in an integer, 300 in U8, 1e5 in F16.</exception>
    public static Tensor Full(Shape shape, double value, DType dtype = DType.F32, Device? device = null)
    {
        CheckHolds(value, dtype, nameof(Full));
        return Filled(shape, value, dtype, device ?? Device.Cpu);
    }

    /// <summary>All elements <paramref name="value"/>, of which no digit is lost where the dtype is I64.</summary>
    /// <inheritdoc cref="Full(Shape, double, DType, Device?)" path="/exception"/>
    public static Tensor Full(Shape shape, long value, DType dtype = DType.F32, Device? device = null)
    {
        if (dtype != DType.I64 || IsExactDouble(value)) return Full(shape, (double)value, dtype, device);
        return ScalarOf(value, dtype, device ?? Device.Cpu, nameof(Full)).Expand(shape).Clone();
    }

    /// <summary>A tensor of rank 0.</summary>
    /// <exception cref="DTypeException">The dtype cannot hold the value.</exception>
    public static Tensor Scalar(double value, DType dtype = DType.F32, Device? device = null) =>
        ScalarOf(value, dtype, device ?? Device.Cpu, nameof(Scalar));

    /// <summary>A tensor of rank 0; no digit of a large number is lost where the dtype is I64.</summary>
    /// <exception cref="DTypeException">The dtype cannot hold the value.</exception>
    public static Tensor Scalar(long value, DType dtype = DType.F32, Device? device = null) =>
        ScalarOf(value, dtype, device ?? Device.Cpu, nameof(Scalar));

    /// <summary>All elements a number that the dtype is known to hold.</summary>
    private static Tensor Filled(Shape shape, double value, DType dtype, Device device)
    {
        Tensor tensor = Empty(shape, dtype, device);
        tensor.Backend.Fill(tensor, value);
        return tensor;
    }

    /// <summary>0, 1, …, <paramref name="count"/> − 1.</summary>
    /// <exception cref="ConfigException">The count is negative.</exception>
    /// <exception cref="ShapeException">One tensor cannot hold so many.</exception>
    /// <exception cref="DTypeException">The dtype cannot hold the last one: 256 in U8.</exception>
    public static Tensor Arange(int count, DType dtype = DType.I64, Device? device = null)
    {
        if (count < 0)
            throw new ConfigException(string.Create(CultureInfo.InvariantCulture, $"Arange: the count must be at least 0, not {count}."));
        CheckRoom([count], nameof(Arange));
        if (count > 0) CheckHolds(count - 1, dtype, nameof(Arange));
        long[] values = new long[count];
        for (int i = 0; i < count; i++) values[i] = i;
        return Wrap(values, [count]).To(dtype).To(device ?? Device.Cpu);
    }

    /// <summary>Copies the elements, row by row.</summary>
    /// <exception cref="ShapeException">The number of elements is not the shape's.</exception>
    public static Tensor CopyOf<T>(ReadOnlySpan<T> elements, Shape shape, Device? device = null) where T : unmanaged
    {
        CheckCount(elements.Length, shape, nameof(CopyOf));
        if (device is { } target and not CpuDevice) return CopyOf(elements, shape).To(target);
        Tensor tensor = Empty(shape, DTypes.Of<T>(), device);
        elements.CopyTo(tensor.Raw<T>());
        return tensor;
    }

    /// <inheritdoc cref="CopyOf{T}(ReadOnlySpan{T}, Shape, Device?)"/>
    public static Tensor CopyOf<T>(T[] elements, Shape shape, Device? device = null) where T : unmanaged =>
        CopyOf(new ReadOnlySpan<T>(elements), shape, device);

    /// <summary>A tensor of rank 1 with a copy of the elements.</summary>
    public static Tensor CopyOf<T>(T[] elements) where T : unmanaged => CopyOf(elements, [elements.Length]);

    /// <summary>A tensor of rank 2 with a copy of the elements.</summary>
    public static Tensor CopyOf<T>(T[,] elements) where T : unmanaged
    {
        T[] flat = new T[elements.Length];
        int next = 0;
        foreach (T element in elements) flat[next++] = element;
        return CopyOf(flat, [elements.GetLength(0), elements.GetLength(1)]);
    }

    /// <summary>Uses the array itself as memory, row by row, without a copy: both see each other's changes.</summary>
    /// <exception cref="ShapeException">The array's length is not the shape's number of elements.</exception>
    public static Tensor Wrap<T>(T[] elements, Shape shape) where T : unmanaged
    {
        CheckCount(elements.Length, shape, nameof(Wrap));
        return new Tensor(new ArrayStorage<T>(Device.Cpu, elements), Layout.Contiguous(shape), DTypes.Of<T>());
    }

    private static void CheckCount(long elements, Shape shape, string operation)
    {
        if (elements != shape.Count)
            throw new ShapeException($"{operation}: {elements} elements were given, but shape {shape} has {shape.Count}.");
    }
}
