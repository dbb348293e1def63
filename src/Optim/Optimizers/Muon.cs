namespace MiniStack.Optim;

/// <summary>Momentum whose step in each matrix is made orthogonal: all directions move alike. Everything else is left to AdamW.</summary>
/// <remarks>
/// Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks" (kellerjordan.github.io/posts/muon), with its five
/// Newton–Schulz steps and coefficients. As there, embeddings and the output layer, although matrices, are better left to AdamW: name
/// them with <c>isHidden</c>. Weight decay is decoupled and for matrices, those of AdamW included, as in <see cref="AdamW"/>.
/// </remarks>
public sealed class Muon : Optimizer
{
    private const int NewtonSchulzSteps = 5;

    private readonly Tensor?[] _momentumOf, _m, _v;
    private readonly double _momentum, _adamWFactor, _beta1, _beta2, _epsilon;
    private readonly bool _nesterov;

    /// <param name="parameters">What to optimize.</param>
    /// <param name="learningRate">Step size of matrices: about the spectral norm of a step.</param>
    /// <param name="momentum">Decay of the momentum, from 0 to below 1.</param>
    /// <param name="nesterov">Look ahead along the momentum.</param>
    /// <param name="weightDecay">Share of a matrix taken away per unit of its learning rate.</param>
    /// <param name="isHidden">Which matrices are Muon's; null for all. Tensors that are no matrices never are.</param>
    /// <param name="adamWFactor">AdamW's step size in units of the step's learning rate: 0.015 makes 3e-4 of 0.02.</param>
    /// <param name="beta1">AdamW's decay of the mean of gradients, from 0 to below 1.</param>
    /// <param name="beta2">AdamW's decay of the mean of squared gradients, from 0 to below 1.</param>
    /// <param name="epsilon">Added to AdamW's root.</param>
    /// <exception cref="ConfigException">A number makes no sense.</exception>
    public Muon(
        IEnumerable<Parameter> parameters, double learningRate = 0.02, double momentum = 0.95, bool nesterov = true, double weightDecay = 0,
        Func<Parameter, bool>? isHidden = null, double adamWFactor = 0.015, double beta1 = 0.9, double beta2 = 0.95, double epsilon = 1e-8)
        : base(parameters, learningRate, weightDecay, p => p.Rank >= 2)
    {
        (_momentum, _nesterov) = (CheckShare(momentum, "momentum"), nesterov);
        (_beta1, _beta2) = CheckBetas(beta1, beta2);
        (_adamWFactor, _epsilon) = (CheckNotNegative(adamWFactor, "factor of AdamW"), CheckNotNegative(epsilon, "epsilon"));
        _momentumOf = ZerosLikeParameters(IsOwn);
        _m = ZerosLikeParameters(p => !IsOwn(p));
        _v = ZerosLikeParameters(p => !IsOwn(p));

        bool IsOwn(Parameter p) => p.Rank == 2 && (isHidden is null || isHidden(p));
    }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, Tensor>> State => 
        [.. Named(_momentumOf, "momentum"), .. Named(_m, "m"), .. Named(_v, "v"), .. StepCounts];

    /// <inheritdoc/>
    protected override void Update(int index, Tensor parameter, Tensor gradient, double learningRate, double gradientScale)
    {
        if (_momentumOf[index] is not { } momentum)
        {
            Fused.AdamW(parameter, gradient, _m[index]!, _v[index]!, new AdamWStep(
                learningRate * _adamWFactor, _beta1, _beta2, _epsilon, WeightDecayOf(index), gradientScale, StepsOf(index)));
            return;
        }
        using MemoryScope scope = MemoryScope.Begin();
        // B ← μB + G;  with Nesterov G + μB in place of B;  W ← W − lr·√max(1, rows/columns)·orthogonal(B)
        Tensor g = Scaled(gradient, gradientScale);
        momentum.ScaleInPlace(_momentum).AddInPlace(g);
        Tensor direction = Orthogonal(_nesterov ? g + momentum * _momentum : momentum);
        double shape = Math.Sqrt(Math.Max(1, parameter.Shape[0] / (double)parameter.Shape[1]));
        Shrink(parameter, learningRate * WeightDecayOf(index)).AddInPlace(direction * (-learningRate * shape));
    }

    /// <summary>About the U·Vᵀ of x = U·S·Vᵀ: singular values from 0.7 to 1.2, which is all a step needs.</summary>
    private static Tensor Orthogonal(Tensor x)
    {
        (double a, double b, double c) = (3.4445, -4.7750, 2.0315);
        bool tall = x.Shape[0] > x.Shape[1];
        if (tall) x = x.Transpose(); // the products below are then of the smaller size
        x /= (x * x).Sum().Sqrt() + 1e-7; // no singular value above 1
        for (int step = 0; step < NewtonSchulzSteps; step++)
        {
            // X ← aX + (bA + cA²)X  with A = XXᵀ: every singular value s becomes as + bs³ + cs⁵
            Tensor square = x.MatMul(x.Transpose()), polynomial = square * b + square.MatMul(square) * c;
            x = x * a + polynomial.MatMul(x);
        }
        return tall ? x.Transpose() : x;
    }
}
