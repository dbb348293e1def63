using System.Buffers;

namespace MiniStack;

/// <summary>Scratch for one row, rented while a piece runs; nothing is rented for length 0.</summary>
internal readonly ref struct RowBuffer<T>(int length)
{
    private readonly T[] _rented = length == 0 ? [] : ArrayPool<T>.Shared.Rent(length);

    public Span<T> Span => _rented;

    public void Dispose()
    {
        if (_rented.Length > 0) ArrayPool<T>.Shared.Return(_rented);
    }
}
