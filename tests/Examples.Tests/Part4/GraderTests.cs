using MiniStack.Examples.Models;

namespace MiniStack.Tests.Part4;

/// <summary>The graders accept what is right and refuse what is nearly right.</summary>
public class GraderTests
{
    [Fact]
    public void Graders_OfRightAnswers_SayRight()
    {
        Assert.True(Grader.LlamaParameters((v, l, h, k, c, f) => Llama(v, l, h, k, c, f))!.IsRight);
        Assert.True(Grader.Shares((query, keys) => Shares(query, keys, Math.Sqrt(query.Length)))!.IsRight);
        Assert.True(Grader.Turn(Turn)!.IsRight);
        Assert.True(Grader.Crossover(channels => 12 * channels)!.IsRight);
    }

    /// <summary>Written as a reader would, in the types that the answer has: its numbers do not fit into an int.</summary>
    [Fact]
    public void LlamaParameters_InTheTypesOfTheAnswer_IsRight() => Assert.True(Grader.LlamaParameters((vocabulary, layers, heads, keyHeads, channels, hidden) =>
        2 * vocabulary * channels + layers * (2 * channels * channels + 2 * channels * (channels / heads * keyHeads) + 3 * channels * hidden + 2 * channels) + channels)!.IsRight);

    [Fact]
    public void LlamaParameters_OneTooFew_IsWrongInItsLastDigit() => Assert.Equal(
        "for 32 layers of 4096 channels, 32 heads and 8 key heads you say 5933109247, and it is 5933109248",
        Grader.LlamaParameters((v, l, h, k, c, f) => Llama(v, l, h, k, c, f) - (l == 32 ? 1 : 0))!.Why);

    [Fact]
    public void Graders_OfWrongAnswers_SayWhy()
    {
        // As many key heads as heads; no √d; neighbours as pairs; all pairs instead of those that are seen.
        Assert.Equal("for 2 layers of 48 channels, 4 heads and 2 key heads you say 61008, and it is 56400", Grader.LlamaParameters((v, l, h, _, c, f) => Llama(v, l, h, h, c, f))!.Why);
        Assert.StartsWith("for number 1 of 3 keys of 4 channels you say ", Grader.Shares((query, keys) => Shares(query, keys, 1))!.Why);
        Assert.Equal("for 1 keys of 4 channels there are 1 numbers, and you give 0", Grader.Shares((_, _) => [])!.Why);
        Assert.StartsWith("for number 1 of position 1 you say ", Grader.Turn((vector, position) => position == 0 ? vector : [.. Turn([.. vector.Reverse()], position).Reverse()])!.Why);
        Assert.Equal("for 16 channels you say 97, and it is 192", Grader.Crossover(channels => 6 * channels + 1)!.Why);
    }

    private static long Llama(long vocabulary, long layers, long heads, long keyHeads, long channels, long hidden) =>
        2 * vocabulary * channels + layers * (2 * channels * channels + 2 * channels * channels / heads * keyHeads + 3 * channels * hidden + 2 * channels) + channels;

    private static double[] Shares(double[] query, double[][] keys, double divisor)
    {
        double[] scores = [.. keys.Select(key => Math.Exp(key.Zip(query).Sum(pair => pair.First * pair.Second) / divisor))];
        return [.. scores.Select(score => score / scores.Sum())];
    }

    private static double[] Turn(double[] vector, int position)
    {
        int half = vector.Length / 2;
        double[] turned = new double[vector.Length];
        for (int i = 0; i < half; i++)
        {
            (double sin, double cos) = Math.SinCos(position * Math.Pow(10_000, -i / (double)half));
            turned[i] = vector[i] * cos - vector[i + half] * sin;
            turned[i + half] = vector[i + half] * cos + vector[i] * sin;
        }
        return turned;
    }
}
