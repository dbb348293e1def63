namespace MiniStack.Formats.Tests;

/// <summary>Tensors of random bits, and whether two have the same.</summary>
internal static class TensorBits
{
    /// <summary>A tensor of random numbers; where asked for, with its axes in an order that is not that of its memory.</summary>
    public static Tensor Random(Shape shape, DType dtype, int seed, bool transposed)
    {
        Tensor tensor = Tensor.Zeros(shape, dtype);
        byte[] bits = new byte[tensor.Count * dtype.Size()];
        new Random(seed).NextBytes(bits);
        if (dtype == DType.Bool) bits = [.. bits.Select(b => (byte)(b & 1))];
        // Copying strided floats goes through F64, which may silence a signalling NaN: keep exponents below NaN's.
        else for (int i = dtype.Size() - 1; i < bits.Length; i += dtype.Size()) bits[i] &= 0xBF;
        bits.CopyTo(Of(tensor));
        return transposed && tensor.Rank >= 2 ? tensor.Transpose() : tensor;
    }

    public static void AssertSame(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.DType, actual.DType);
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(Of(expected.Contiguous()), Of(actual));
    }

    private static Span<byte> Of(Tensor tensor) => TensorBytes.Of(tensor, 0, (int)tensor.Count);
}
