namespace MiniStack.Examples.Data;

/// <summary>One formula written twice: in elementary operators, and as the operator that does it in one pass.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Composed">In elementary operators.</param>
/// <param name="Fused">In one.</param>
/// <param name="ComposedTensors">How many tensors of the input's size the composed one reads and writes going forward, counted on paper.</param>
/// <param name="FusedTensors">The same of the fused one.</param>
internal sealed record FusionCase(
    string Name, Func<Variable, FusionInputs, Variable> Composed, Func<Variable, FusionInputs, Variable> Fused, int ComposedTensors, int FusedTensors)
{
    public static IReadOnlyList<FusionCase> All { get; } =
    [
        // ·√½ 2, erf 2, +1 2, ½·x 2, the product 3.
        new("gelu", (x, _) => Gelu(x), (x, _) => x.Gelu(), 11, 2),
        // Mean 1, x − mean 2, square 2 (both factors are one tensor, read twice: 3), mean 1, ÷ 2, ·weight 2, + bias 2.
        new("layernorm", LayerNorm, (x, inputs) => x.LayerNorm(inputs.Weight, inputs.Bias), 13, 2),
        // Max 1, x − max 2, exp 2, Σ 1, − ln Σ 2; one number of each row is picked.
        new("crossentropy", CrossEntropy, (x, inputs) => x.CrossEntropy(inputs.Targets), 8, 1),
    ];

    /// <summary>x·Φ(x) as it is written in the paper.</summary>
    private static Variable Gelu(Variable x) => 0.5 * x * (1 + (x * Math.Sqrt(0.5)).Erf());

    private static Variable LayerNorm(Variable x, FusionInputs inputs)
    {
        Variable centred = x - x.Mean([-1], keepDims: true);
        Variable deviation = ((centred * centred).Mean([-1], keepDims: true) + 1e-5).Sqrt();
        return centred / deviation * inputs.Weight + inputs.Bias;
    }

    private static Variable CrossEntropy(Variable logits, FusionInputs inputs)
    {
        Variable shifted = logits - logits.Max([-1], keepDims: true).Detach(); // so that no exponential overflows; it cancels
        Variable logProbabilities = shifted - shifted.Exp().Sum([-1], keepDims: true).Log();
        return -logProbabilities.Gather(-1, inputs.Targets.Unsqueeze(-1)).Mean();
    }
}

/// <summary>What the formulas are given beside x.</summary>
internal sealed record FusionInputs(Tensor X, Tensor Weight, Tensor Bias, Tensor Targets)
{
    /// <summary>Rows of normal numbers, seeded.</summary>
    public static FusionInputs Create(int rows, int columns)
    {
        Rng rng = new(7);
        long[] targets = new long[rows];
        for (int row = 0; row < rows; row++) targets[row] = (long)(rng.NextDouble() * columns);
        return new FusionInputs(
            Tensor.Normal([rows, columns], rng), Tensor.Normal([columns], rng, 1, 0.1), Tensor.Normal([columns], rng, 0, 0.1), Tensor.CopyOf(targets));
    }
}
