namespace MiniStack.Examples.FineTuning;

/// <summary>Yours to write: each answer is null until you do. The demo <c>grade</c> says which are right.</summary>
internal static class Answers
{
    /// <summary>1. How many numbers an adapter of a rank adds to a product of so many inputs and outputs.</summary>
    public static long? AdapterNumbers(int inputs, int outputs, int rank) => null;

    /// <summary>2. The largest rank whose adapter has at most as many numbers as the weight itself; 0 when there is none.</summary>
    public static int? BreakEvenRank(int inputs, int outputs) => null;

    /// <summary>3. y = x·Wᵀ + α/r·(x·Aᵀ)·Bᵀ, without writing down B·A: x is [inputs], w is [outputs, inputs], a is [rank, inputs], b is [outputs, rank].</summary>
    public static double[]? Forward(double[] x, double[,] w, double[,] a, double[,] b, double alpha) => null;

    /// <summary>4. Which of the two factors differ from their start after so many steps of SGD at a rate above 0, when B starts at zero and A does not:
    /// (does A?, does B?). No gradient is zero by chance.</summary>
    public static (bool A, bool B)? Moved(int steps) => null;
}
