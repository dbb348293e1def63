using MiniStack.Examples.Training;

namespace MiniStack.Tests.Part5;

/// <summary>The graders accept what is right and refuse what is nearly right.</summary>
public class GraderTests
{
    [Fact]
    public void Graders_OfRightAnswers_SayRight()
    {
        Assert.True(Grader.Rate(Rate)!.IsRight);
        Assert.True(Grader.AdamWeights((weight, gradients, rate, decay) => Adam(weight, gradients, rate, decay))!.IsRight);
        Assert.True(Grader.LossScale(Scale)!.IsRight);
        Assert.True(Grader.Segments(Segments)!.IsRight);
    }

    [Fact]
    public void Graders_OfWrongAnswers_SayWhy()
    {
        // A warm-up that begins at 0 loses a step.
        Assert.Equal("for step 0 with a warm-up of 10 you say 0, and it is 0.0454545",
            Grader.Rate((step, peak, warmUp, horizon) => step < warmUp ? peak * step / warmUp : Rate(step, peak, warmUp, horizon))!.Why);
        // Decay within the gradient, and moments that are not corrected.
        Assert.StartsWith("for gradient 1 with a decay of 0.1 you say ",
            Grader.AdamWeights((weight, gradients, rate, decay) => Adam(weight, [.. gradients.Select(g => g + decay * weight)], rate, 0))!.Why);
        Assert.StartsWith("for gradient 1 with a decay of 0 you say ",
            Grader.AdamWeights((weight, gradients, rate, decay) => Adam(weight, gradients, rate, decay, corrected: false))!.Why);
        Assert.Equal("4 gradients make as many weights, and you give 0", Grader.AdamWeights((_, _, _, _) => [])!.Why);
        // Good steps that are not in a row.
        Assert.Equal("for steps '+-++' and an interval of 2 you say 512, and it is 1024", Grader.LossScale((scale, finite, _) => finite.Contains(false) ? scale / 2 : Scale(scale, finite, 2))!.Why);
        Assert.Equal("for 16 blocks that hold 18 each you say 4, and it is 16", Grader.Segments((blocks, _) => Segments(blocks, 1))!.Why);
    }

    private static double? Rate(long step, double peak, long warmUp, long horizon) =>
        step < warmUp ? peak * (step + 1) / (warmUp + 1)
        : step >= horizon ? 0
        : peak * (1 + Math.Cos(Math.PI * (step - warmUp) / (horizon - warmUp))) / 2;

    private static double[] Adam(double weight, double[] gradients, double rate, double decay, bool corrected = true)
    {
        (double m, double v) = (0, 0);
        double[] weights = new double[gradients.Length];
        for (int i = 0; i < gradients.Length; i++)
        {
            (m, v) = (0.9 * m + 0.1 * gradients[i], 0.999 * v + 0.001 * gradients[i] * gradients[i]);
            (double mean, double square) = corrected ? (m / (1 - Math.Pow(0.9, i + 1)), v / (1 - Math.Pow(0.999, i + 1))) : (m, v);
            weight -= rate * decay * weight;
            weight -= rate * mean / (Math.Sqrt(square) + 1e-8);
            weights[i] = weight;
        }
        return weights;
    }

    private static double? Scale(double scale, bool[] finite, int interval)
    {
        int good = 0;
        foreach (bool step in finite)
        {
            good = step ? good + 1 : 0;
            if (!step) scale /= 2;
            else if (good == interval) (scale, good) = (scale * 2, 0);
        }
        return scale;
    }

    private static int? Segments(int blocks, double blockSize) =>
        Enumerable.Range(1, blocks).Where(segments => blocks % segments == 0).MinBy(segments => segments + blockSize * blocks / segments);
}
