namespace MiniStack.Examples.Models;

/// <summary>Yours to write: each answer is null until you do. The demo <c>grade</c> says which are right.</summary>
internal static class Answers
{
    /// <summary>1. How many numbers a Llama learns: no biases, a norm before each branch and one at the end, a head of its own.</summary>
    public static long? LlamaParameters(long vocabulary, long layers, long heads, long keyHeads, long channels, long hidden) => null;

    /// <summary>2. How one head shares its look: softmax(q·kᵀ/√d) of one query over its keys.</summary>
    public static double[]? Shares(double[] query, double[][] keys) => null;

    /// <summary>3. A vector turned by its position as RoPE does it: with half = d/2, numbers i and i + half are a pair, turned by position · 10000^(−i/half).</summary>
    public static double[]? Turn(double[] vector, int position) => null;

    /// <summary>4. The smallest context with which attention costs more FLOPs forward than all other products of a block of GPT-2: 12·channels² weights, and only
    /// the pairs that are seen.</summary>
    public static int? Crossover(int channels) => null;
}
