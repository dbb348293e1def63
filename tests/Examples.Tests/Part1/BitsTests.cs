using MiniStack.Examples.Hardware;

namespace MiniStack.Tests.Part1;

/// <summary>The formats are exactly those of the hardware and of .NET.</summary>
public class BitsTests
{
    private static NumberFormat Format(string name) => NumberFormat.All.Single(format => format.Name == name);

    [Theory]
    [InlineData("fp32", "0 01111011 10011001100110011001101")]
    [InlineData("bf16", "0 01111011 1001101")]
    [InlineData("fp16", "0 01011 1001100110")]
    [InlineData("fp8 e4m3", "0 0011 101")]
    [InlineData("fp8 e5m2", "0 01011 10")]
    [InlineData("int8", "00001101 (13)")]
    public void Fields_OfATenth_AreThese(string name, string fields) => Assert.Equal(fields, Format(name).Fields(0.1));

    [Theory]
    [InlineData("fp32", 3.4028234663852886e38, 1.1754943508222875e-38, 1.401298464324817e-45)]
    [InlineData("bf16", 3.3895313892515355e38, 1.1754943508222875e-38, 9.183549615799121e-41)]
    [InlineData("fp16", 65504, 6.103515625e-05, 5.960464477539063e-08)]
    [InlineData("fp8 e4m3", 448, 0.015625, 0.001953125)]
    [InlineData("fp8 e5m2", 57344, 6.103515625e-05, 1.52587890625e-05)]
    public void Limits_OfAFormat_AreThese(string name, double largest, double normal, double smallest) =>
        Assert.Equal((largest, normal, smallest), (Format(name).Largest, Format(name).SmallestNormal, Format(name).Smallest));

    [Fact]
    public void Round_ToHalfAndFloat_IsWhatDotNetDoes()
    {
        Rng rng = new(1);
        for (int i = 0; i < 20_000; i++)
        {
            double x = Math.CopySign(Math.Pow(2, 60 * rng.NextDouble() - 40), rng.NextDouble() - 0.5);
            Assert.Equal((double)(Half)x, Format("fp16").Round(x));
            Assert.Equal((double)(float)x, Format("fp32").Round(x));
        }
    }

    [Fact]
    public void Fields_OfEveryHalf_AreItsBits()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            Half half = BitConverter.UInt16BitsToHalf((ushort)bits);
            if (Half.IsNaN(half)) continue;
            Assert.Equal(Convert.ToString(bits, 2).PadLeft(16, '0'), Format("fp16").Fields((double)half).Replace(" ", ""));
            Assert.Equal((double)half, Format("fp16").Round((double)half));
        }
    }

    [Theory]
    [InlineData("fp8 e4m3", 464, 448)] // a tie between the largest and the number after it, which does not exist
    [InlineData("fp8 e4m3", 465, double.NaN)]
    [InlineData("fp8 e5m2", 61439, 57344)]
    [InlineData("fp8 e5m2", 61440, double.PositiveInfinity)]
    [InlineData("fp16", 65520, double.PositiveInfinity)]
    [InlineData("bf16", 1.00390625, 1)] // ties go to the even neighbour
    [InlineData("bf16", 1.01171875, 1.015625)]
    [InlineData("int8", 7, 1)]
    public void Round_AtTheEdges_IsThis(string name, double x, double stored) => Assert.Equal(stored, Format(name).Round(x));

    [Fact]
    public void Spacing_Doubles_WithEachPowerOfTwo()
    {
        Assert.Equal(Math.ScaleB(1, -10), Format("fp16").Spacing(1));
        Assert.Equal(Math.ScaleB(1, -9), Format("fp16").Spacing(2));
        Assert.Equal(Math.ScaleB(1, -24), Format("fp16").Spacing(1e-7)); // below the normal numbers it stays
        Assert.Equal(1 / 127.0, Format("int8").Spacing(0.5));
    }

    [Fact]
    public void Envelope_OfANormal_StaysBelowHalfASpacing()
    {
        foreach ((double x, double y) in BitsChart.Envelope(Format("bf16"))) Assert.True(Math.Pow(10, y) <= 1 / 256.0, $"At 1e{x} the error is 1e{y}.");
        Assert.InRange(BitsChart.Envelope(Format("fp16"))[^1].X, 4.6, 4.82); // the line ends before 65504
    }
}
