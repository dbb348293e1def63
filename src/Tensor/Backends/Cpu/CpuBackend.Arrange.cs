using System.Numerics;

namespace MiniStack;

internal sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Copy(Tensor source, Tensor destination)
    {
        if (source.DType == destination.DType)
        {
            switch (source.DType.Size()) // only moves elements, so the size is all that matters
            {
                case 8: Copier.Run<long, long>(source, destination); break;
                case 4: Copier.Run<int, int>(source, destination); break;
                case 2: Copier.Run<short, short>(source, destination); break;
                case 1: Copier.Run<byte, byte>(source, destination); break;
                default: throw Unknown(source.DType);
            }
            return;
        }
        if (destination.DType.IsHalf() || (source.DType.IsHalf() && !(destination.DType == DType.F32 && destination.IsContiguous)))
        {
            CopyHalf(source, destination);
            return;
        }
        switch (source.DType)
        {
            case DType.F32: Convert<float>(source, destination); break;
            case DType.F64: Convert<double>(source, destination); break;
            case DType.I64: Convert<long>(source, destination); break;
            case DType.F16: Elementwise.Run<Half, float, WidenF16>(source, destination); break;
            case DType.BF16: Elementwise.Run<BFloat16, float, WidenBF16>(source, destination); break;
            case DType.I32: Convert<int>(source, destination); break;
            case DType.U8: Convert<byte>(source, destination); break;
            case DType.Bool: Convert<sbyte>(source, destination); break;
            default: throw Unknown(source.DType);
        }
    }

    /// <summary>Between 16 bits and anything else: by way of F32 in rows, as far as it does not lie so already.</summary>
    private void CopyHalf(Tensor source, Tensor destination)
    {
        using MemoryScope scope = MemoryScope.Begin();
        Tensor wide = source;
        if (source.DType != DType.F32)
        {
            wide = Tensor.Empty(source.Shape, DType.F32, source.Device);
            Copy(source, wide);
        }
        Tensor narrow = destination.IsContiguous || !destination.DType.IsHalf() ? destination : destination.EmptyLike();
        switch (destination.DType)
        {
            case DType.F16: Elementwise.Run<float, Half, NarrowF16>(wide, narrow); break;
            case DType.BF16: Elementwise.Run<float, BFloat16, NarrowBF16>(wide, narrow); break;
            default: Copy(wide, destination); break;
        }
        if (narrow != destination) Copy(narrow, destination);
    }

    /// <inheritdoc/>
    public override void Fill(Tensor destination, double value)
    {
        switch (destination.DType)
        {
            case DType.F32: Copier.Fill(destination, (float)value); break;
            case DType.F64: Copier.Fill(destination, value); break;
            case DType.I64: Copier.Fill(destination, (long)value); break;
            // As their bits: there are no vectors of 16-bit floats.
            case DType.F16: Copier.Fill(destination, BitConverter.HalfToUInt16Bits((Half)(float)value)); break;
            case DType.BF16: Copier.Fill(destination, ((BFloat16)(float)value).Bits); break;
            case DType.I32: Copier.Fill(destination, (int)value); break;
            case DType.U8: Copier.Fill(destination, byte.CreateSaturating(value)); break;
            case DType.Bool: Copier.Fill(destination, (byte)(value != 0 ? 1 : 0)); break;
            default: throw Unknown(destination.DType);
        }
    }

    private static void Convert<TFrom>(Tensor source, Tensor destination) where TFrom : unmanaged, INumberBase<TFrom>
    {
        switch (destination.DType)
        {
            case DType.F32: Copier.Run<TFrom, float>(source, destination); break;
            case DType.F64: Copier.Run<TFrom, double>(source, destination); break;
            case DType.I64: Copier.Run<TFrom, long>(source, destination); break;
            case DType.I32: Copier.Run<TFrom, int>(source, destination); break;
            case DType.U8: Copier.Run<TFrom, byte>(source, destination); break;
            case DType.Bool: Copier.Run<TFrom, sbyte>(source, destination); break;
            default: throw Unknown(destination.DType, nameof(Copy));
        }
    }
}
