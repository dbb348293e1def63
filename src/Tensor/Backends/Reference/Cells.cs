namespace MiniStack;

/// <summary>The elements of a tensor on a CPU device as numbers by row-major index, whatever its dtype and strides.</summary>
internal readonly ref struct Cells
{
    private readonly Layout _layout;
    private readonly DType _dtype;
    private readonly Span<float> _f32;
    private readonly Span<double> _f64;
    private readonly Span<Half> _f16;
    private readonly Span<BFloat16> _bf16;
    private readonly Span<long> _i64;
    private readonly Span<int> _i32;
    private readonly Span<byte> _u8;
    private readonly Span<bool> _bool;

    public Cells(Tensor tensor)
    {
        _layout = tensor.Layout;
        _dtype = tensor.DType;
        Count = tensor.Count;
        switch (_dtype)
        {
            case DType.F32: _f32 = tensor.Raw<float>(); break;
            case DType.F64: _f64 = tensor.Raw<double>(); break;
            case DType.F16: _f16 = tensor.Raw<Half>(); break;
            case DType.BF16: _bf16 = tensor.Raw<BFloat16>(); break;
            case DType.I64: _i64 = tensor.Raw<long>(); break;
            case DType.I32: _i32 = tensor.Raw<int>(); break;
            case DType.U8: _u8 = tensor.Raw<byte>(); break;
            case DType.Bool: _bool = tensor.Raw<bool>(); break;
            default: throw DTypes.Unknown(_dtype, "Reading elements");
        }
    }

    public long Count { get; }

    /// <summary>
    /// An element as F64; writing rounds to the dtype, 16-bit floats by way of F32; towards zero for integers, which stop at their limits;
    /// "not zero" for Bool.
    /// </summary>
    public double this[long index]
    {
        get
        {
            int at = Position(index);
            return _dtype switch
            {
                DType.F32 => _f32[at],
                DType.F64 => _f64[at],
                DType.F16 => (double)_f16[at],
                DType.BF16 => _bf16[at],
                DType.I64 => _i64[at],
                DType.I32 => _i32[at],
                DType.U8 => _u8[at],
                DType.Bool => _bool[at] ? 1 : 0,
                _ => throw DTypes.Unknown(_dtype, "Reading elements"),
            };
        }

        set
        {
            int at = Position(index);
            switch (_dtype)
            {
                case DType.F32: _f32[at] = (float)value; break;
                case DType.F64: _f64[at] = value; break;
                case DType.F16: _f16[at] = (Half)(float)value; break;
                case DType.BF16: _bf16[at] = (BFloat16)(float)value; break;
                case DType.I64: _i64[at] = (long)value; break;
                case DType.I32: _i32[at] = (int)value; break;
                case DType.U8: _u8[at] = byte.CreateSaturating(value); break;
                case DType.Bool: _bool[at] = value != 0; break;
                default: throw DTypes.Unknown(_dtype, "Writing elements");
            }
        }
    }

    /// <summary>An element as a whole number: F64 would lose the low bits of a large I64.</summary>
    public long Integer(long index)
    {
        int at = Position(index);
        return _dtype switch
        {
            DType.I64 => _i64[at],
            DType.I32 => _i32[at],
            DType.U8 => _u8[at],
            DType.Bool => _bool[at] ? 1 : 0,
            _ => (long)this[index],
        };
    }

    /// <summary>Writes a whole number.</summary>
    public void SetInteger(long index, long value)
    {
        int at = Position(index);
        switch (_dtype)
        {
            case DType.I64: _i64[at] = value; break;
            case DType.I32: _i32[at] = (int)value; break;
            case DType.U8: _u8[at] = (byte)value; break;
            default: this[index] = value; break;
        }
    }

    /// <summary>Where element <paramref name="index"/> lies, counted from the first element of the layout.</summary>
    private int Position(long index)
    {
        long position = 0;
        for (int axis = _layout.Shape.Rank - 1; axis >= 0; axis--)
        {
            (index, long along) = Math.DivRem(index, _layout.Shape[axis]);
            position += along * _layout.Strides[axis];
        }
        return (int)position;
    }
}
