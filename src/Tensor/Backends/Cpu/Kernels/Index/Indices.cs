namespace MiniStack;

/// <summary>Class or row numbers, I64 or I32, one after the other in any layout.</summary>
internal readonly struct Indices(Tensor indices)
{
    private readonly bool _wide = indices.DType switch
    {
        DType.I64 => true,
        DType.I32 => false,
        _ => throw DTypes.Unknown(indices.DType, "Reading indices"),
    };

    private readonly Operand<long> _i64 = indices.DType == DType.I64 ? new(indices) : default;
    private readonly Operand<int> _i32 = indices.DType == DType.I32 ? new(indices) : default;

    public int Count { get; } = checked((int)indices.Count);

    public int this[int index] => _wide ? (int)_i64.At(index) : _i32.At(index);

    /// <summary>The indices from <paramref name="start"/> on.</summary>
    public void CopyTo(int start, Span<int> to)
    {
        if (to.IsEmpty) return;
        if (!_wide)
        {
            _i32.CopyTo(start, to);
            return;
        }
        Span<long> buffer = stackalloc long[Pieces.Block];
        while (!to.IsEmpty)
        {
            ReadOnlySpan<long> some = _i64.Read(start, Math.Min(to.Length, buffer.Length), buffer);
            for (int i = 0; i < some.Length; i++) to[i] = (int)some[i];
            start += some.Length;
            to = to[some.Length..];
        }
    }
}
