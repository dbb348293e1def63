using MiniStack.Examples;
using MiniStack.Examples.Hardware;

namespace MiniStack.Tests.Part1;

/// <summary>The graders accept what is right and refuse what is nearly right.</summary>
public class GraderTests
{
    [Fact]
    public void Graders_OfRightAnswers_SayRight()
    {
        Assert.True(Grader.RidgePoint((flops, bytes) => flops / bytes)!.IsRight);
        Assert.True(Grader.ProductIntensity((m, k, n) => (double)m * k * n / (2.0 * m * k + 2.0 * k * n + 2.0 * m * n))!.IsRight);
        Assert.True(Grader.RoundToBf16(Rounded)!.IsRight);
        Assert.True(Grader.BestTile(registers => registers switch { 8 => (2, 2), 16 => (4, 3), _ => (5, 5) })!.IsRight);
    }

    [Fact]
    public void Graders_OfWrongAnswers_SayWhy()
    {
        Assert.False(Grader.RidgePoint((flops, bytes) => bytes / flops)!.IsRight);
        Assert.False(Grader.ProductIntensity((m, k, n) => 2.0 * k / 4)!.IsRight);
        Assert.False(Grader.BestTile(_ => (12, 2))!.IsRight);
        Verdict cut = Grader.RoundToBf16(x => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(x) & 0xFFFF0000))!;
        Assert.Equal((false, "for 0.1 you say 0.099609375, and it is 0.100097656"), (cut.IsRight, cut.Why));
    }

    private static float? Rounded(float x)
    {
        uint bits = BitConverter.SingleToUInt32Bits(x);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
    }
}
