using MiniStack.Examples.FineTuning;

namespace MiniStack.Tests.Part6;

/// <summary>The graders accept what is right and refuse what is nearly right.</summary>
public class GraderTests
{
    [Fact]
    public void Graders_OfRightAnswers_SayRight()
    {
        Assert.True(Grader.AdapterNumbers((inputs, outputs, rank) => (long)rank * (inputs + outputs))!.IsRight);
        Assert.True(Grader.BreakEvenRank((inputs, outputs) => inputs * outputs / (inputs + outputs))!.IsRight);
        Assert.True(Grader.Forward((x, w, a, b, alpha) => Forward(x, w, a, b, alpha / 2))!.IsRight);
        Assert.True(Grader.Moved(steps => (steps > 1, steps > 0))!.IsRight);
    }

    [Fact]
    public void Graders_OfWrongAnswers_SayWhy()
    {
        Assert.Equal("for 128 inputs, 512 outputs and rank 8 you say 524288, and it is 5120", Grader.AdapterNumbers((inputs, outputs, rank) => (long)rank * inputs * outputs)!.Why);
        Assert.Equal("for 3 inputs and 2 outputs you say 2, and it is 1", Grader.BreakEvenRank((inputs, outputs) => inputs == 3 ? 2 : inputs * outputs / (inputs + outputs))!.Why);
        Assert.StartsWith("for output 0 you say ", Grader.Forward((x, w, a, b, alpha) => Forward(x, w, a, b, alpha))!.Why); // not divided by the rank
        Assert.Equal("there are 3 outputs, and you give 0", Grader.Forward((_, _, _, _, _) => [])!.Why);
        Assert.Equal("after 1 steps you say (True, True), and it is (False, True)", Grader.Moved(steps => (steps > 0, steps > 0))!.Why);
    }

    private static double[] Forward(double[] x, double[,] w, double[,] a, double[,] b, double scale)
    {
        double[] middle = new double[a.GetLength(0)], y = new double[w.GetLength(0)];
        for (int r = 0; r < middle.Length; r++)
            for (int i = 0; i < x.Length; i++) middle[r] += a[r, i] * x[i];
        for (int o = 0; o < y.Length; o++)
        {
            for (int i = 0; i < x.Length; i++) y[o] += w[o, i] * x[i];
            for (int r = 0; r < middle.Length; r++) y[o] += scale * b[o, r] * middle[r];
        }
        return y;
    }
}
