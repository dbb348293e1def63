namespace MiniStack.Nn;

/// <summary>scale·x above 0, elsewhere scale·α·(e^(β·x) − 1): <see cref="Elu"/>, <see cref="Celu"/>, <see cref="Selu"/>.</summary>
internal sealed class ExponentialUnitNode(Variable x, double alpha, double beta, double scale) : ActivationNode(x)
{
    protected override Tensor Value(Tensor x) => x.Relu() * scale + (x.Clamp(high: 0) * beta).ExpMinusOne() * (scale * alpha);

    protected override Variable Slope(Variable x) => Variable.Where(
        x.Value.Greater(x.Value.ScalarLike(0)), x.Value.ScalarLike(scale), (x.Clamp(high: 0) * beta).Exp() * (scale * alpha * beta));
}
