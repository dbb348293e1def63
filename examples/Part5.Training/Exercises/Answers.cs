namespace MiniStack.Examples.Training;

/// <summary>Yours to write: each answer is null until you do. The demo <c>grade</c> says which are right.</summary>
internal static class Answers
{
    /// <summary>1. The learning rate of a step, counted from 0: a rise in a line, (step + 1)/(warmUp + 1) of the peak, then half a cosine from the peak at
    /// step warmUp down to 0 at step horizon, and 0 from there on.</summary>
    public static double? Rate(long step, double peak, long warmUp, long horizon) => null;

    /// <summary>2. A weight after each of its gradients under AdamW, with β₁ = 0.9, β₂ = 0.999, ε = 1e-8 and a decoupled decay.</summary>
    public static double[]? AdamWeights(double weight, double[] gradients, double rate, double decay) => null;

    /// <summary>3. The factor on the loss after steps whose gradients were finite or not: halved when not, doubled after so many finite ones in a row.</summary>
    public static double? LossScale(double scale, bool[] finite, int interval) => null;

    /// <summary>4. How many segments, a divisor of blocks, need least memory: each keeps its input, of size 1, and one at a time what its blocks hold, each
    /// blockSize. The fewest when several are equal.</summary>
    public static int? Segments(int blocks, double blockSize) => null;
}
