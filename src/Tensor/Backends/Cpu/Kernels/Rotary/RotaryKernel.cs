using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MiniStack;

/// <summary>Pairs (a, b) of each row turn to (a·cos − b·sin, b·cos + a·sin), in one pass.</summary>
/// <remarks>Products and sums round one by one, in vectors and in the tail alike: the bits are the same wherever a row is cut.</remarks>
internal readonly struct RotaryKernel<T>(Tensor x, Tensor cos, Tensor sin, bool interleaved, bool back, Tensor y) : IVectorWork<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Operand<T> _x = new(x);
    private readonly int _d = x.Shape[^1], _time = x.Shape[^2], _pairs = cos.Shape[^1];

    // Rows lie in place in a view of [batch, time, heads, d] as well; then only their beginnings are to be found.
    private readonly bool _inPlace = x.Strides[^1] == 1 || x.Shape[^1] == 1;
    private readonly bool _streams = x.IsContiguous && Streaming.Pays(y, cos.Shape[^1]);

    // Elements to the row that is read some rows later, where rows lie apart and no hardware foresees the next; 0 where they do not.
    private readonly nint _ahead = x.IsContiguous ? 0 : RowsAhead * (nint)x.Strides[^2];

    private const int RowsAhead = 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TVector, TDouble>(int piece)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        (int first, int rows) = Pieces.Range(piece, y.Count / _d, Pieces.Rows(_d));
        using RowBuffer<T> buffer = new(_inPlace ? 0 : _d);
        ReadOnlySpan<T> input = x.Raw<T>(), cosines = cos.Raw<T>(), sines = sin.Raw<T>();
        Span<T> output = y.Raw<T>();
        for (int row = first; row < first + rows; row++)
        {
            ReadOnlySpan<T> from = _inPlace ? input.Slice(Start(row), _d) : _x.Read((long)row * _d, _d, buffer.Span);
            Span<T> to = output.Slice(row * _d, _d);
            if (_inPlace && _ahead != 0) Fetch(from);
            int angle = row % _time * _pairs;
            ReadOnlySpan<T> c = cosines.Slice(angle, _pairs), s = sines.Slice(angle, _pairs);
            if (interleaved) Interleaved(from, c, s, to);
            else Halves<TVector>(from, c, s, to);
            if (2 * _pairs < _d) from[(2 * _pairs)..].CopyTo(to[(2 * _pairs)..]);
        }
    }

    /// <summary>Asks for the row that follows some rows after this one.</summary>
    private unsafe void Fetch(ReadOnlySpan<T> row)
    {
        if (!Sse.IsSupported) return;
        byte* start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(row)) + _ahead * sizeof(T);
        for (int at = 0; at < row.Length * sizeof(T); at += 64) Sse.Prefetch0(start + at);
    }

    /// <summary>Where a row of x begins.</summary>
    private int Start(int row)
    {
        if (x.IsContiguous) return row * _d;
        long start = 0;
        ReadOnlySpan<int> sizes = x.Shape;
        ReadOnlySpan<long> strides = x.Strides;
        for (int axis = sizes.Length - 2; axis >= 0; axis--)
        {
            (row, int along) = Math.DivRem(row, sizes[axis]);
            start += along * strides[axis];
        }
        return (int)start;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Halves<TVector>(ReadOnlySpan<T> x, ReadOnlySpan<T> cos, ReadOnlySpan<T> sin, Span<T> y)
        where TVector : struct, IFloatVector<TVector, T>
    {
        int pairs = cos.Length, i = 0;
        ref T from = ref MemoryMarshal.GetReference(x), to = ref MemoryMarshal.GetReference(y);
        ref T cosines = ref MemoryMarshal.GetReference(cos), sines = ref MemoryMarshal.GetReference(sin);
        TVector sign = TVector.Create(back ? -1 : 1);
        for (; i <= pairs - TVector.Count; i += TVector.Count)
        {
            TVector a = TVector.Load(in from, i), b = TVector.Load(in from, i + pairs), c = TVector.Load(in cosines, i),
                s = TVector.Load(in sines, i) * sign;
            TVector left = a * c - b * s, right = b * c + a * s;
            if (_streams)
            {
                left.Stream(ref to, i);
                right.Stream(ref to, i + pairs);
            }
            else
            {
                left.Store(ref to, i);
                right.Store(ref to, i + pairs);
            }
        }
        for (; i < pairs; i++)
        {
            T s = back ? -sin[i] : sin[i];
            (y[i], y[i + pairs]) = (x[i] * cos[i] - x[i + pairs] * s, x[i + pairs] * cos[i] + x[i] * s);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Interleaved(ReadOnlySpan<T> x, ReadOnlySpan<T> cos, ReadOnlySpan<T> sin, Span<T> y)
    {
        int i = 0;
        if (typeof(T) == typeof(float) && Vector256.IsHardwareAccelerated)
        {
            i = Interleaved(
                MemoryMarshal.Cast<T, float>(x), MemoryMarshal.Cast<T, float>(cos), MemoryMarshal.Cast<T, float>(sin),
                MemoryMarshal.Cast<T, float>(y));
        }
        for (; i < cos.Length; i++)
        {
            T a = x[2 * i], b = x[2 * i + 1], s = back ? -sin[i] : sin[i];
            (y[2 * i], y[2 * i + 1]) = (a * cos[i] - b * s, b * cos[i] + a * s);
        }
    }

    /// <summary>
    /// Four pairs at a time: x·cos + (neighbours exchanged)·(∓sin), each angle twice side by side. Returns how many pairs are done.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Interleaved(ReadOnlySpan<float> x, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin, Span<float> y)
    {
        ref float from = ref MemoryMarshal.GetReference(x), to = ref MemoryMarshal.GetReference(y);
        ref float cosines = ref MemoryMarshal.GetReference(cos), sines = ref MemoryMarshal.GetReference(sin);
        Vector256<int> twice = Vector256.Create(0, 0, 1, 1, 2, 2, 3, 3), neighbours = Vector256.Create(1, 0, 3, 2, 5, 4, 7, 6);
        Vector256<float> signs = back ? Vector256.Create(1f, -1, 1, -1, 1, -1, 1, -1) : Vector256.Create(-1f, 1, -1, 1, -1, 1, -1, 1);
        int i = 0;
        for (; i <= cos.Length - 4; i += 4)
        {
            Vector256<float> v = Vector256.LoadUnsafe(ref from, (nuint)(2 * i));
            Vector256<float> c = Vector256.Shuffle(Vector128.LoadUnsafe(ref cosines, (nuint)i).ToVector256(), twice);
            Vector256<float> s = Vector256.Shuffle(Vector128.LoadUnsafe(ref sines, (nuint)i).ToVector256(), twice) * signs;
            (v * c + Vector256.Shuffle(v, neighbours) * s).StoreUnsafe(ref to, (nuint)(2 * i));
        }
        return i;
    }
}
