using System.Runtime.InteropServices;
using MiniStack.Tests;

namespace MiniStack.Cuda.Tests;

/// <summary>Conversions on the device give the CPU's bits, for every pair of dtypes; what only moves elements keeps their bits.</summary>
public class ConversionTests
{
    private static readonly DType[] All = Enum.GetValues<DType>();

    private static readonly float[] Singles =
    [
        float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0, -0f, 1, -1, 0.5f, -0.75f, 254.9f, 255, 255.5f, 256, -300,
        3e9f, -3e9f, 1e30f, -1e30f, float.MaxValue, float.MinValue, float.Epsilon, 1e-40f, -1e-40f,
        // Around F16's limits, and half way between two of its numbers.
        65504, 65519.996f, 65520, -65520, 65536, 6.1e-5f, 6.097555e-5f, 5.9604645e-8f, 2.9802322e-8f, 2.9802326e-8f, -2.9802326e-8f,
        8.940697e-8f, 1.00048828f, 1.00146484f,
        // The same for BF16, and NaN of odd bits.
        .. new uint[] { 0x7F7F8000, 0x7F7F7FFF, 0x3F808000, 0x3F818000, 0x7F800001, 0xFFFFFFFF }.Select(BitConverter.UInt32BitsToSingle),
    ];

    public static TheoryData<DType> DTypes => [.. All];

    [Theory]
    [MemberData(nameof(DTypes))]
    public void To_AnyDType_HasTheCpusBits(DType from)
    {
        foreach (DType to in All)
        {
            foreach (Tensor x in (Tensor[])[Numbers(from), Numbers(from).Slice(0, 1, (int)Numbers(from).Count / 3, step: 3)])
                AssertEqual(x.To(to), x.To(DeviceUnderTest.Device).To(to), $"{from} to {to}");
        }
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Copy_IntoGaps_LeavesTheRest(DType to)
    {
        foreach (DType from in All)
        {
            Tensor x = Numbers(from).Slice(0, 0, 24).Reshape(4, 6), near = Tensor.Zeros([9, 8], to), far = near.To(DeviceUnderTest.Device);
            Device.Cpu.Backend.Copy(x, Gaps(near));
            far.Device.Backend.Copy(x.To(far.Device), Gaps(far));
            AssertEqual(near, far, $"{from} to {to}");
        }

        static Tensor Gaps(Tensor y) => y.Slice(0, 1, 4, step: 2).Slice(1, 1, 6);
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Full_AnyDType_HasTheCpusBits(DType dtype)
    {
        foreach (double value in (double[])[0, 1, 3.7, 65519.99, 65520, 1e30, -2.5, 300, 1e-8, double.NaN, double.PositiveInfinity])
        {
            Tensor near = Tensor.Zeros([3, 4], dtype), far = near.To(DeviceUnderTest.Device);
            Device.Cpu.Backend.Fill(near.Transpose(), value);
            far.Device.Backend.Fill(far.Transpose(), value);
            AssertEqual(near, far, $"{value} as {dtype}");
        }
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void WhereAndEmbedding_AnyDType_KeepBits(DType dtype)
    {
        Tensor a = Numbers(dtype).Slice(0, 0, 40).Reshape(8, 5), b = Numbers(dtype).Slice(0, 1, 8).Reshape(8, 1).Expand([8, 5]);
        Tensor condition = Tensor.CopyOf([.. Enumerable.Range(0, 40).Select(i => i % 3 == 0)], [8, 5]);
        Tensor indices = Tensor.CopyOf((long[])[4, 0, 3, 3], [2, 2]);
        Tensor farA = a.To(DeviceUnderTest.Device), farB = b.To(DeviceUnderTest.Device);
        AssertEqual(Tensor.Where(condition, a, b), Tensor.Where(condition.To(farA.Device), farA, farB), $"where of {dtype}");
        AssertEqual(a.Embedding(indices), farA.Embedding(indices.To(farA.Device)), $"embedding of {dtype}");
        AssertEqual(a.Transpose().Embedding(indices), farA.Transpose().Embedding(indices.To(farA.Device)), $"embedding of {dtype} columns");
    }

    [Fact]
    public void Arithmetic_OnU8_WrapsAround()
    {
        byte[] bytes = [0, 1, 2, 100, 127, 128, 200, 255], others = [255, 255, 254, 100, 129, 128, 3, 255];
        Tensor a = Tensor.CopyOf(bytes, [2, 4]), b = Tensor.CopyOf(others, [2, 4]);
        Tensor farA = a.To(DeviceUnderTest.Device), farB = b.To(DeviceUnderTest.Device);
        Func<Tensor, Tensor, Tensor>[] operators =
        [
            (x, y) => x + y, (x, y) => x - y, (x, y) => x * y, (x, y) => x.Maximum(y), (x, y) => x.Minimum(y),
            (x, _) => -x, (x, _) => x.Abs(), (x, _) => x.Sign(), (x, y) => (x - y).Sign(),
            (x, y) => x.Less(y), (x, y) => x.LessOrEqual(y), (x, y) => x.Equal(y), (x, y) => x.MatMul(y.Transpose()),
            (x, _) => x.Max([1]), (x, _) => x.Min([0]), (x, _) => x.ArgMax(1), (x, _) => x.Sum([0]),
        ];
        for (int i = 0; i < operators.Length; i++) AssertEqual(operators[i](a, b), operators[i](farA, farB), $"operator {i}");
    }

    /// <summary>Every bit pattern where there are no more than 65,536 of them; else special numbers, and their neighbours in F64.</summary>
    private static Tensor Numbers(DType dtype) => dtype switch
    {
        DType.F32 => Tensor.CopyOf(Singles),
        DType.F64 => Tensor.CopyOf([.. Singles.SelectMany(x => (double[])[x, Math.BitIncrement(x), Math.BitDecrement(x)])]),
        DType.F16 => Tensor.CopyOf([.. Patterns.Select(BitConverter.UInt16BitsToHalf)]),
        DType.BF16 => Tensor.CopyOf([.. Patterns.Select(bits => new BFloat16(bits))]),
        DType.I64 => Tensor.CopyOf(Wholes),
        DType.I32 => Tensor.CopyOf([.. Wholes.Select(x => (int)x)]),
        DType.U8 => Tensor.CopyOf([.. Enumerable.Range(0, 256).Select(x => (byte)x)]),
        _ => Tensor.CopyOf([.. Enumerable.Range(0, 48).Select(x => x % 3 == 1)]),
    };

    private static ushort[] Patterns => [.. Enumerable.Range(0, 65536).Select(bits => (ushort)bits)];

    private static long[] Wholes { get; } =
    [
        .. Enumerable.Range(-20, 40), 127, 128, 255, 256, -256, 65504, 65519, 65520, int.MaxValue, int.MinValue, 1L << 53, (1L << 53) + 1,
        (1L << 62) + 1, long.MaxValue, long.MinValue,
    ];

    private static void AssertEqual(Tensor expected, Tensor actual, string what)
    {
        actual = actual.To(Device.Cpu);
        Assert.Equal((expected.DType, expected.Shape), (actual.DType, actual.Shape));
        byte[] wanted = Bytes(expected), found = Bytes(actual);
        if (wanted.AsSpan().SequenceEqual(found)) return;
        // A NaN may have any payload, but stays one.
        double[] numbers = AgainstReference.Doubles(expected), others = AgainstReference.Doubles(actual);
        int size = expected.DType.Size();
        for (int i = 0; i < numbers.Length; i++)
        {
            bool bothNaN = double.IsNaN(numbers[i]) && double.IsNaN(others[i]);
            bool same = bothNaN || wanted.AsSpan(i * size, size).SequenceEqual(found.AsSpan(i * size, size));
            Assert.True(same, $"{what}: element {i} is {others[i]:R} ({Convert.ToHexString(found, i * size, size)}), not {numbers[i]:R}.");
        }
    }

    private static byte[] Bytes(Tensor x) => x.DType switch
    {
        DType.F32 => Bytes<float>(x),
        DType.F64 => Bytes<double>(x),
        DType.F16 => Bytes<Half>(x),
        DType.BF16 => Bytes<BFloat16>(x),
        DType.I64 => Bytes<long>(x),
        DType.I32 => Bytes<int>(x),
        DType.U8 => Bytes<byte>(x),
        _ => Bytes<bool>(x),
    };

    private static byte[] Bytes<T>(Tensor x) where T : unmanaged => MemoryMarshal.AsBytes<T>(x.ToArray<T>()).ToArray();
}
