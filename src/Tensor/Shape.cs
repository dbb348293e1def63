using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>The sizes of a tensor's axes, outermost first. An immutable value; <c>[]</c> is the shape of a scalar.</summary>
/// <remarks>Write it as a collection expression: <c>Tensor.Zeros([2, 3])</c>.</remarks>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>, IEnumerable<int>
{
    /// <summary>As in NumPy and PyTorch. Kernels keep an index per axis on the stack.</summary>
    private const int MostAxes = 64;

    private readonly int[]? _sizes;

    private Shape(int[] sizes) => _sizes = sizes;

    /// <summary>A shape of the given sizes.</summary>
    /// <exception cref="ShapeException">A size is negative, there are more than 64, or their product does not fit 63 bits.</exception>
    public static Shape Create(ReadOnlySpan<int> sizes) => Own(sizes.ToArray());

    /// <summary>A shape of these sizes that keeps the array, which nobody may change any more.</summary>
    /// <exception cref="ShapeException">As for <see cref="Create"/>.</exception>
    internal static Shape Own(int[] sizes)
    {
        if (sizes.Length > MostAxes)
        {
            throw new ShapeException(
                $"A shape has at most {MostAxes} axes, not {sizes.Length}. Join some with Reshape, or give sizes instead of elements.");
        }
        long count = 1;
        foreach (int size in sizes)
        {
            if (size < 0) throw new ShapeException($"A shape's sizes cannot be negative: ({Join(sizes)}).");
            // An empty axis makes the whole tensor empty, whatever the others say.
            count = size == 0 || count == 0 ? 0 : CheckedProduct(count, size, sizes);
        }
        return new Shape(sizes);
    }

    /// <summary>A number of elements as the size of an axis.</summary>
    /// <exception cref="ShapeException">It is beyond what one axis can have.</exception>
    internal static int ToSize(long size, string operation) => size <= int.MaxValue
        ? (int)size
        : throw new ShapeException(string.Create(
            CultureInfo.InvariantCulture,
            $"{operation}: an axis would have {size:N0} elements; one axis has at most {int.MaxValue:N0}. Split the tensor first."));

    /// <summary>The same shape with more axes at the end.</summary>
    internal Shape Append(params ReadOnlySpan<int> sizes) => Own([.. AsSpan(), .. sizes]);

    /// <summary>Converts an array of sizes; the array is copied.</summary>
    public static implicit operator Shape(int[] sizes) => Create(sizes);

    /// <summary>The sizes, for methods that take them one by one.</summary>
    public static implicit operator ReadOnlySpan<int>(Shape shape) => shape.AsSpan();

    /// <summary>Number of axes; 0 for a scalar.</summary>
    public int Rank => _sizes?.Length ?? 0;

    /// <summary>Number of elements; 1 for a scalar.</summary>
    public long Count
    {
        get
        {
            long count = 1;
            foreach (int size in AsSpan()) count *= size;
            return count;
        }
    }

    /// <summary>Size of one axis.</summary>
    public int this[int axis] => AsSpan()[axis];

    /// <summary>Size of one axis; <c>shape[^1]</c> is the last.</summary>
    public int this[Index axis] => AsSpan()[axis];

    /// <summary>A shape of some of the axes: <c>shape[..^1]</c> drops the last.</summary>
    public Shape this[Range axes] => Own(AsSpan()[axes].ToArray());

    /// <summary>The sizes without a copy.</summary>
    public ReadOnlySpan<int> AsSpan() => _sizes;

    /// <summary>The sizes as a new array.</summary>
    public int[] ToArray() => AsSpan().ToArray();

    /// <summary>Turns a possibly negative axis (−1 is the last) into one from 0 to Rank − 1.</summary>
    /// <param name="axis">From −Rank to Rank − 1.</param>
    /// <param name="operation">The operation to name in the error.</param>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public int Axis(int axis, string operation)
    {
        int positive = axis < 0 ? axis + Rank : axis;
        return (uint)positive < (uint)Rank
            ? positive
            : throw new ShapeException(
                $"{operation}: there is no axis {axis} in {this}, which has {Rank} axes (0 to {Rank - 1}, or -1 for the last).");
    }

    /// <summary>The same shape with one axis replaced.</summary>
    public Shape With(int axis, int size)
    {
        int[] sizes = ToArray();
        sizes[axis] = size;
        return Own(sizes);
    }

    /// <summary>The shape that both broadcast to: axes are aligned at the end, and a size of 1 stretches.</summary>
    /// <exception cref="ShapeException">Two sizes differ and neither is 1.</exception>
    public static Shape Broadcast(Shape a, Shape b, string operation)
    {
        if (a == b) return a;
        int[] sizes = new int[Math.Max(a.Rank, b.Rank)];
        for (int fromEnd = 1; fromEnd <= sizes.Length; fromEnd++)
        {
            int sizeA = fromEnd <= a.Rank ? a[^fromEnd] : 1;
            int sizeB = fromEnd <= b.Rank ? b[^fromEnd] : 1;
            if (sizeA != sizeB && sizeA != 1 && sizeB != 1)
            {
                throw new ShapeException(
                    $"{operation}: {a} and {b} do not broadcast. Counted from the end, axis {fromEnd} has sizes {sizeA} " +
                    $"and {sizeB}: they must be equal, or one of them 1 (see Unsqueeze and Expand).");
            }
            sizes[^fromEnd] = sizeA == 1 ? sizeB : sizeA;
        }
        return Own(sizes);
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (int size in AsSpan()) hash.Add(size);
        return hash.ToHashCode();
    }

    /// <summary>Same sizes.</summary>
    public static bool operator ==(Shape a, Shape b) => a.Equals(b);

    /// <summary>Different sizes.</summary>
    public static bool operator !=(Shape a, Shape b) => !a.Equals(b);

    /// <summary>As people write it: <c>(2, 3)</c>.</summary>
    public override string ToString() => $"({Join(AsSpan())})";

    /// <summary>Enumerates the sizes.</summary>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(_sizes ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string Join(ReadOnlySpan<int> sizes) =>
        string.Join(", ", sizes.ToArray().Select(size => size.ToString(CultureInfo.InvariantCulture)));

    private static long CheckedProduct(long count, int size, ReadOnlySpan<int> sizes)
    {
        try
        {
            return checked(count * size);
        }
        catch (OverflowException)
        {
            throw new ShapeException($"A tensor of shape ({Join(sizes)}) has more elements than any memory can hold.");
        }
    }
}
