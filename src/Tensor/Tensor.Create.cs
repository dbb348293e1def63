using System.Globalization;

namespace MiniStack;

public sealed partial class Tensor
{
    /// <summary>A tensor whose content is undefined until written.</summary>
    /// <exception cref="ShapeException">More elements than one block can hold (2³¹).</exception>
    public static Tensor Empty(Shape shape, DType dtype = DType.F32, Device? device = null)
    {
        long count = shape.Count;
        if (count > Array.MaxLength)
        {
            throw new ShapeException(string.Create(
                CultureInfo.InvariantCulture,
                $"A tensor of shape {shape} has {count:N0} elements; one tensor holds at most {Array.MaxLength:N0}. Split it along an axis."));
        }
        return new Tensor((device ?? Device.Cpu).Allocate(count * dtype.Size()), Layout.Contiguous(shape), dtype);
    }

    /// <summary>A tensor of this one's shape, dtype and device, whose content is undefined until written.</summary>
    internal Tensor EmptyLike() => Empty(Shape, DType, Device);

    /// <summary>All elements 0 (false for Bool).</summary>
    public static Tensor Zeros(Shape shape, DType dtype = DType.F32, Device? device = null) => Full(shape, 0, dtype, device);

    /// <summary>All elements 1 (true for Bool).</summary>
    public static Tensor Ones(Shape shape, DType dtype = DType.F32, Device? device = null) => Full(shape, 1, dtype, device);

    /// <summary>All elements <paramref name="value"/>.</summary>
    public static Tensor Full(Shape shape, double value, DType dtype = DType.F32, Device? device = null)
    {
        Tensor tensor = Empty(shape, dtype, device);
        tensor.Backend.Fill(tensor, value);
        return tensor;
    }

    /// <summary>A tensor of rank 0.</summary>
    public static Tensor Scalar(double value, DType dtype = DType.F32, Device? device = null) => Full([], value, dtype, device);

    /// <summary>0, 1, …, <paramref name="count"/> − 1.</summary>
    public static Tensor Arange(int count, DType dtype = DType.I64, Device? device = null)
    {
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

    /// <summary>Independent numbers, uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public static Tensor Uniform(
        Shape shape, Rng rng, double low = 0, double high = 1, DType dtype = DType.F32, Device? device = null)
    {
        Tensor tensor = Empty(shape, dtype, device);
        tensor.CheckFloat(nameof(Uniform));
        tensor.Backend.Uniform(tensor, low, high, rng.Key, rng.Reserve(tensor.Count));
        return tensor;
    }

    /// <summary>Independent numbers from a normal distribution.</summary>
    /// <remarks>Two words of the stream a number, by Box and Muller 1958, doi:10.1214/aoms/1177706645.</remarks>
    public static Tensor Normal(
        Shape shape, Rng rng, double mean = 0, double std = 1, DType dtype = DType.F32, Device? device = null)
    {
        Tensor tensor = Empty(shape, dtype, device);
        tensor.CheckFloat(nameof(Normal));
        tensor.Backend.Normal(tensor, mean, std, rng.Key, rng.Reserve(2 * tensor.Count));
        return tensor;
    }

    private static void CheckCount(long elements, Shape shape, string operation)
    {
        if (elements != shape.Count)
            throw new ShapeException($"{operation}: {elements} elements were given, but shape {shape} has {shape.Count}.");
    }
}
