using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>An input of a kernel, read in row-major order whatever its strides.</summary>
internal readonly struct Operand<T> where T : unmanaged
{
    private readonly CpuStorage _storage;
    private readonly long _offset;
    private readonly long _extent;
    private readonly Axes? _axes; // null when the elements lie one after the other

    /// <exception cref="ShapeException">A stretched view shows more elements than kernels can count.</exception>
    public Operand(Tensor tensor)
    {
        Count = tensor.Count;
        if (Count > Array.MaxLength) Tensor.CheckRoom(tensor.Shape, operation: null);
        _storage = (CpuStorage)tensor.Storage;
        _offset = tensor.Layout.Offset;
        _extent = tensor.Raw<T>().Length;
        _axes = tensor.IsContiguous ? null : new Axes(tensor.Layout);
    }

    public long Count { get; }

    public bool IsContiguous => _axes is null;

    /// <summary>True when every run of <paramref name="length"/> elements from a multiple of it lies in one place.</summary>
    public bool HasWholeRows(int length) => _axes is null || (_axes.Strides[^1] == 1 && _axes.Sizes[^1] % length == 0);

    /// <summary>Elements from <paramref name="start"/> on: in place where they lie together, otherwise copied to the buffer.</summary>
    public ReadOnlySpan<T> Read(long start, int count, Span<T> buffer)
    {
        ReadOnlySpan<T> all = _storage.Span<T>(_offset, _extent);
        if (_axes is null) return all.Slice((int)start, count);
        // Indices that another thread changes after they were checked must not lead outside.
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)start + (uint)count, (ulong)Count, nameof(start));
        return Gather(all, _axes, start, count, buffer);
    }

    /// <summary>One element.</summary>
    public T At(long index)
    {
        T single = default;
        return Read(index, 1, new Span<T>(ref single))[0];
    }

    /// <summary>Copies elements from <paramref name="start"/> on.</summary>
    public void CopyTo(long start, Span<T> destination)
    {
        ReadOnlySpan<T> read = Read(start, destination.Length, destination);
        if (!Unsafe.AreSame(in read[0], in destination[0])) read.CopyTo(destination);
    }

    private static ReadOnlySpan<T> Gather(ReadOnlySpan<T> all, Axes axes, long start, int count, Span<T> buffer)
    {
        AxesCursor cursor = new(axes, start, stackalloc long[axes.Rank]);
        if (axes.Strides[^1] == 1 && cursor.LeftInRun >= count) return all.Slice((int)cursor.Position, count);
        Span<T> rest = buffer[..count];
        while (true)
        {
            int run = (int)Math.Min(cursor.LeftInRun, rest.Length);
            CopyRun(all[(int)cursor.Position..], axes.Strides[^1], rest[..run]);
            rest = rest[run..];
            if (rest.IsEmpty) return buffer[..count];
            cursor.NextRun();
        }
    }

    private static void CopyRun(ReadOnlySpan<T> from, long stride, Span<T> to)
    {
        if (stride == 1)
        {
            from[..to.Length].CopyTo(to);
            return;
        }
        if (stride == 0)
        {
            to.Fill(from[0]);
            return;
        }
        ref T first = ref Unsafe.AsRef(in from[0]);
        for (int i = 0; i < to.Length; i++) to[i] = Unsafe.Add(ref first, (nint)(i * stride));
    }
}
