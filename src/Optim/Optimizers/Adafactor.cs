namespace MiniStack.Optim;

/// <summary>Adam without a mean of gradients, whose second moment of a matrix is kept as one number a row and one a column.</summary>
/// <remarks>
/// Shazeer and Stern 2018, arXiv:1804.04235, algorithms 4 (matrices) and 5 (vectors), with update clipping and relative step sizes as in
/// its section 9; tensors of more axes are stacks of matrices over the last two. Names of the settings and defaults are those of
/// PyTorch's Adafactor, which has decoupled weight decay; ε₁ is the paper's.
/// </remarks>
public sealed class Adafactor : Optimizer
{
    private const double Epsilon1 = 1e-30;

    private readonly Tensor?[] _rows, _columns, _v;
    private readonly double _beta2Decay, _epsilon2, _clip;

    /// <param name="parameters">What to optimize.</param>
    /// <param name="learningRate">
    /// Largest relative step: step t moves by min(learningRate, 1/√t) times the root mean square of the parameter, at least ε₂.
    /// </param>
    /// <param name="beta2Decay">The second moment's decay at step t is 1 − t^beta2Decay; below 0.</param>
    /// <param name="epsilon2">Least root mean square that a parameter counts with.</param>
    /// <param name="clip">Largest root mean square of an update, before the learning rate.</param>
    /// <param name="weightDecay">Share of a parameter taken away per unit of learning rate.</param>
    /// <exception cref="ConfigException">A number makes no sense.</exception>
    public Adafactor(
        IEnumerable<Parameter> parameters, double learningRate = 1e-2, double beta2Decay = -0.8, double epsilon2 = 1e-3,
        double clip = 1, double weightDecay = 0)
        : base(parameters, learningRate, weightDecay)
    {
        if (!(beta2Decay < 0 && double.IsFinite(beta2Decay)))
        {
            throw new ConfigException(FormattableString.Invariant(
                $"Adafactor: the beta2 decay must be a number below 0, not {beta2Decay}."));
        }
        (_beta2Decay, _epsilon2) = (beta2Decay, CheckNotNegative(epsilon2, "epsilon2"));
        _clip = Check.Positive(nameof(Adafactor), clip, "clip");
        using MemoryScope persistent = MemoryScope.Persistent();
        _rows = [.. Parameters.Select(p => p.Rank < 2 ? null : Zeros(p, [.. p.Shape.ToArray()[..^1], 1]))];
        _columns = [.. Parameters.Select(p => p.Rank < 2 ? null : Zeros(p, [.. p.Shape.ToArray()[..^2], 1, p.Shape[^1]]))];
        _v = ZerosLikeParameters(p => p.Rank < 2);
    }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, Tensor>> State =>
        [.. Named(_rows, "rows"), .. Named(_columns, "columns"), .. Named(_v, "v"), .. StepCounts];

    /// <inheritdoc/>
    protected override void Update(int index, Tensor parameter, Tensor gradient, double learningRate, double gradientScale)
    {
        using MemoryScope scope = MemoryScope.Begin();
        // ρₜ = min(lr, 1/√t);  α = max(ε₂, RMS(p))·ρₜ;  β₂ = 1 − t^decay
        double relative = Math.Min(learningRate, 1 / Math.Sqrt(StepsOf(index))), alpha = Math.Max(_epsilon2, Rms(parameter)) * relative;
        double beta2 = 1 - Math.Pow(StepsOf(index), _beta2Decay);
        Tensor g = Scaled(gradient, gradientScale);
        // u = g / √v;  u ← u / max(1, RMS(u)/d);  p ← p − α·u
        Tensor u = g / SecondMoment(index, g * g + Epsilon1, beta2).Sqrt();
        Shrink(parameter, learningRate * WeightDecayOf(index)).AddInPlace(u * (-alpha / Math.Max(1, Rms(u) / _clip)));
    }

    /// <summary>Brings it up to date with g² + ε₁.</summary>
    private Tensor SecondMoment(int index, Tensor squares, double beta2)
    {
        if (_v[index] is { } v)
        {
            Average(v, squares, beta2);
            return v;
        }
        // R ← β₂R + (1 − β₂)·(g² + ε₁)1;  C ← β₂C + (1 − β₂)·1ᵀ(g² + ε₁);  v = RC / 1ᵀR, here with means in place of sums
        Tensor rows = _rows[index]!, columns = _columns[index]!;
        Average(rows, squares.Mean([-1], keepDims: true), beta2);
        Average(columns, squares.Mean([-2], keepDims: true), beta2);
        return rows / rows.Mean([-2], keepDims: true) * columns;
    }

    private static double Rms(Tensor x) => Math.Sqrt(Fused.SumOfSquares(x) / x.Count);

    private static Tensor Zeros(Parameter p, int[] shape) => Tensor.Zeros(shape, p.Value.DType, p.Value.Device);
}
