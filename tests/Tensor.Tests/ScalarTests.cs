namespace MiniStack.Tests;

/// <summary>A number that meets a tensor is held exactly as the dtype can, or refused with a sentence.</summary>
public class ScalarTests
{
    private static readonly DType[] Integers = [DType.I64, DType.I32, DType.U8];

    private static readonly (string Name, Func<Tensor, double, Tensor> Call)[] Doors =
    [
        ("Add", (x, a) => x + a), ("Add", (x, a) => a + x), ("Subtract", (x, a) => x - a), ("Subtract", (x, a) => a - x),
        ("Multiply", (x, a) => x * a), ("Multiply", (x, a) => a * x),
        ("ScaleInPlace", (x, a) => x.Clone().ScaleInPlace(a)), ("Fill", (x, a) => x.Clone().Fill(a)),
        ("MaskedFill", (x, a) => x.MaskedFill(x.Equal(x), a)), ("Pad", (x, a) => x.Pad([(1, 1)], a)),
        ("ScalarLike", (x, a) => x.ScalarLike(a)), ("Full", (x, a) => Tensor.Full(x.Shape, a, x.DType)), ("Scalar", (x, a) => Tensor.Scalar(a, x.DType)),
    ];

    public static TheoryData<int, DType, double, string> Refused()
    {
        TheoryData<int, DType, double, string> data = [];
        for (int door = 0; door < Doors.Length; door++)
        {
            foreach (DType dtype in Integers)
            {
                string whole = $"is not a whole number, and the tensor is {dtype}. Convert it with To(DType.F32) first.";
                data.Add(door, dtype, 0.5, $"0.5 {whole}");
                data.Add(door, dtype, 1 / 255.0, $"0.00392156862745098 {whole}");
                data.Add(door, dtype, double.NaN, $"NaN {whole}");
                data.Add(door, dtype, double.NegativeInfinity, $"-Infinity {whole}");
            }
            data.Add(door, DType.U8, 300, "300 does not fit into U8 (0 to 255). Convert the tensor with To(DType.I64) first.");
            data.Add(door, DType.U8, -1, "-1 does not fit into U8 (0 to 255). Convert the tensor with To(DType.I64) first.");
            data.Add(door, DType.I32, 2147483648, "2147483648 does not fit into I32 (-2147483648 to 2147483647). Convert the tensor with To(DType.I64) first.");
            data.Add(door, DType.I64, 9223372036854775808, "9.223372036854776E+18 does not fit into I64 (-9223372036854775808 to 9223372036854775807). Convert the tensor with To(DType.F64) first.");
            data.Add(door, DType.I64, 9007199254740994, "9007199254740994 is a double, which does not tell whole numbers beyond ±2^53 apart. Give the number as a long.");
            data.Add(door, DType.F32, 1e300, "1E+300 does not fit into F32 (up to ±3.4028234663852886E+38). Convert the tensor with To(DType.F64) first.");
        }
        foreach (string name in (string[])["Fill", "MaskedFill", "Pad", "ScalarLike", "Full", "Scalar"])
        {
            int door = Array.FindIndex(Doors, one => one.Name == name);
            data.Add(door, DType.F16, 1e5, "100000 does not fit into F16 (up to ±65504). Convert the tensor with To(DType.F32) first.");
            data.Add(door, DType.F16, -1e9, "-1000000000 does not fit into F16 (up to ±65504). Convert the tensor with To(DType.F32) first.");
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void EveryDoor_NumberThatTheDTypeCannotHold_SaysWhatToDo(int door, DType dtype, double number, string reason)
    {
        Tensor x = Tensor.CopyOf(new byte[] { 0, 128, 255 }).To(dtype);
        DTypeException error = Assert.Throws<DTypeException>(() => Doors[door].Call(x, number));
        Assert.Equal($"{Doors[door].Name}: {reason}", error.Message);
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    [InlineData(DType.I64)]
    [InlineData(DType.I32)]
    [InlineData(DType.U8)]
    public void EveryDoor_NumberThatTheDTypeHolds_IsTaken(DType dtype)
    {
        foreach ((string name, Func<Tensor, double, Tensor> call) in Doors)
        {
            foreach (double number in (double[])[0, 1, 2, 255])
            {
                Exception? error = Record.Exception(() => call(Tensor.Ones([3], dtype), number));
                Assert.True(error is null, $"{name} of {dtype} and {number}: {error?.Message}");
            }
        }
    }

    [Fact]
    public void Full_FloatsBetweenTheLargestAndTheNextPower_RoundToTheLargest()
    {
        Assert.Equal(65504, Tensor.Full([1], 65519, DType.F16).Item());
        Assert.Throws<DTypeException>(() => Tensor.Full([1], 65520, DType.F16));
        Assert.Equal(double.PositiveInfinity, Tensor.Full([1], double.PositiveInfinity, DType.F16).Item());
        Assert.Equal(0, Tensor.Full([1], 1e-300).Item()); // rounded, as every float is
    }

    /// <summary>PyTorch: (torch.tensor([1.], dtype=torch.float16) * 0.1) computes with the float 0.1, and 70000 may meet what brings it back.</summary>
    [Fact]
    public void Arithmetic_SixteenBits_RoundsTheResultOnly()
    {
        foreach (DType dtype in (DType[])[DType.F16, DType.BF16])
        {
            Tensor x = Tensor.CopyOf(new float[] { 3, 1e-3f, 7.5f, -0.3f }).To(dtype);
            foreach (double number in (double[])[0.1, 1 / 3.0, 1e-7, 70000])
            {
                Tensor wide = x.To(DType.F32);
                Assert.Equal((wide * number).To(dtype).To(DType.F32).ToArray<float>(), (x * number).To(DType.F32).ToArray<float>());
                Assert.Equal((number - wide).To(dtype).To(DType.F32).ToArray<float>(), (number - x).To(DType.F32).ToArray<float>());
                Assert.Equal((wide / number).To(dtype).To(DType.F32).ToArray<float>(), (x / number).To(DType.F32).ToArray<float>());
                Assert.Equal((wide + number).To(dtype).To(DType.F32).ToArray<float>(), (x + number).To(DType.F32).ToArray<float>());
                Assert.Equal((wide * number).To(dtype).To(DType.F32).ToArray<float>(), x.Clone().ScaleInPlace(number).To(DType.F32).ToArray<float>());
                Assert.Equal(dtype, (x * number).DType);
            }
        }
    }

    [Fact]
    public void Operand_BesideAnotherTensor_IsNoLooseF32()
    {
        Tensor half = Tensor.Ones([2], DType.F16);
        // A tensor of the user's is not taken for a number: dtypes must still agree.
        Assert.Throws<DTypeException>(() => half.Add(Tensor.Scalar(0.1)));
        Assert.Throws<DTypeException>(() => half.Operand(0.1, "Add").Add(Tensor.Ones([2], DType.F64)));
        Assert.Throws<DTypeException>(() => Tensor.Ones([2], DType.Bool) * 2);
    }

    [Fact]
    public void WholeNumbers_Long_LoseNoDigit()
    {
        const long Large = 9007199254740993; // 2⁵³ + 1
        Assert.Equal([Large, Large], Tensor.Full([2], Large, DType.I64).ToArray<long>());
        Assert.Equal(long.MaxValue, Tensor.Scalar(long.MaxValue, DType.I64).Item<long>());
        Assert.Equal([Large + 1], (Tensor.Ones([1], DType.I64) + Large).ToArray<long>());
        Assert.Equal([Large - 1], (Large - Tensor.Ones([1], DType.I64)).ToArray<long>());
        Assert.Equal([Large * 2], (Tensor.Full([1], 2, DType.I64) * Large).ToArray<long>());
        Assert.Throws<DTypeException>(() => Tensor.Full([1], Large, DType.I32));
        DTypeException error = Assert.Throws<DTypeException>(() => Tensor.Scalar(Large, DType.I64).Item());
        Assert.Equal("Item: 9007199254740993 is not a double, which has 53 bits for whole numbers. Use Item<long>().", error.Message);
        Assert.Equal(9007199254740994, Tensor.Scalar(Large + 1, DType.I64).Item());
    }

    [Fact]
    public void Arange_LastOneBeyondTheDType_IsRefused()
    {
        Assert.Equal(255, Tensor.Arange(256, DType.U8).Max().Item());
        DTypeException error = Assert.Throws<DTypeException>(() => Tensor.Arange(257, DType.U8));
        Assert.Equal("Arange: 256 does not fit into U8 (0 to 255). Convert the tensor with To(DType.I64) first.", error.Message);
        Assert.Throws<DTypeException>(() => Tensor.Arange(70000, DType.F16));
    }

    /// <summary>A bound that no element reaches changes nothing; one that results would have must fit.</summary>
    [Fact]
    public void Clamp_BoundsOfIntegers_AreHeldOrIdle()
    {
        Tensor pixels = Tensor.CopyOf(new byte[] { 0, 128, 255 }), numbers = Tensor.CopyOf(new long[] { long.MinValue, 0, long.MaxValue });
        Assert.Equal([10, 128, 255], pixels.Clamp(10, 300).ToArray<byte>());
        Assert.Equal([0, 100, 100], pixels.Clamp(-5, 100).ToArray<byte>());
        Assert.Equal([0, 128, 255], pixels.Clamp().ToArray<byte>());
        Assert.Equal([long.MinValue, 0, 7], numbers.Clamp(high: 7).ToArray<long>());
        Assert.Equal([long.MinValue, 0, long.MaxValue], numbers.Clamp(-1e30, 1e30).ToArray<long>());
        Assert.Equal(
            "Clamp: 0.5 is not a whole number, and the tensor is U8. Convert it with To(DType.F32) first.",
            Assert.Throws<DTypeException>(() => pixels.Clamp(0.5, 3)).Message);
        Assert.Throws<DTypeException>(() => pixels.Clamp(300, 400));
        Assert.Throws<DTypeException>(() => pixels.Clamp(high: -1));
        Assert.Equal([-3.4e38f, 1], Tensor.CopyOf(new[] { -3.4e38f, 1 }).Clamp(-1e300, 1e300).ToArray<float>());
    }

    /// <summary>One rule for each pair of dtypes, whatever layout, width of vectors, tail or thread an element falls to.</summary>
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public void To_FloatsOutOfRange_StopAtTheLimits(DType dtype)
    {
        double[] special = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -1, -0.9, 0.9, 255.5, 300, 1e4, -1e4, 127.5, -128.5, 0];
        const int Count = 40_003;
        double[] numbers = [.. Enumerable.Range(0, Count).Select(i => special[i % special.Length])];
        Tensor source = Tensor.CopyOf(numbers).To(dtype);
        double[] held = source.To(DType.F64).ToArray<double>();
        foreach (Tensor x in (Tensor[])[source, Tensor.Stack([source, source], 1).Select(1, 0), source.Slice(0, 1, Count - 1), source.Slice(0, 0, 40_000).Reshape(200, 200).Transpose()])
        {
            double[] from = x.To(DType.F64).ToArray<double>();
            Assert.Equal(from.Select(byte.CreateSaturating), x.To(DType.U8).ToArray<byte>());
            Assert.Equal(from.Select(int.CreateSaturating), x.To(DType.I32).ToArray<int>());
            Assert.Equal(from.Select(long.CreateSaturating), x.To(DType.I64).ToArray<long>());
            Assert.Equal(from.Select(number => number != 0), x.To(DType.Bool).ToArray<bool>());
        }
        Assert.Equal(Count, held.Length);
    }

    [Fact]
    public void To_IntegersOutOfRange_KeepTheirLowBits()
    {
        long[] special = [300, -1, 256, 1L << 40, long.MinValue, long.MaxValue, (1L << 32) + 7, -129];
        long[] numbers = [.. Enumerable.Range(0, 20_011).Select(i => special[i % special.Length])];
        Tensor x = Tensor.CopyOf(numbers);
        Assert.Equal(numbers.Select(number => unchecked((byte)number)), x.To(DType.U8).ToArray<byte>());
        Assert.Equal(numbers.Select(number => unchecked((int)number)), x.To(DType.I32).ToArray<int>());
        Assert.Equal(numbers.Select(number => unchecked((byte)(int)number)), x.To(DType.I32).To(DType.U8).ToArray<byte>());
    }
}
