using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack;

/// <summary>Scratch for one row, rented while a piece runs; nothing is rented for length 0.</summary>
internal readonly ref struct RowBuffer<T> where T : unmanaged
{
    private readonly T[] _rented;

    public RowBuffer(int length)
    {
        _rented = length == 0 ? [] : ArrayPool<T>.Shared.Rent(length + RowBuffer.Slack<T>());
        Span = RowBuffer.OnLine(_rented.AsSpan(), length);
    }

    public Span<T> Span { get; }

    public void Dispose()
    {
        if (_rented.Length > 0) ArrayPool<T>.Shared.Return(_rented);
    }
}

/// <summary>Scratch that begins on a cache line: vectors that lie on two lines take twice the time.</summary>
internal static class RowBuffer
{
    private const int Line = 64;

    /// <summary>Elements to allocate on top of those that are needed.</summary>
    public static int Slack<T>() where T : unmanaged => Line / Unsafe.SizeOf<T>() - 1;

    /// <summary><paramref name="length"/> elements of the buffer, from its first cache line on.</summary>
    /// <remarks>Should the garbage collector move the buffer meanwhile, only the speed is lost.</remarks>
    public static unsafe Span<T> OnLine<T>(Span<T> buffer, int length) where T : unmanaged
    {
        if (length == 0) return [];
        nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(buffer));
        return buffer.Slice((int)(-address & (Line - 1)) / Unsafe.SizeOf<T>(), length);
    }
}
