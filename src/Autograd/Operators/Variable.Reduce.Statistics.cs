namespace MiniStack;

/// <summary>Reductions of another kind: log-sum-exp, variance, norms. No axes means all of them.</summary>
public partial class Variable
{
    /// <summary>
    /// ln Σ eˣ over the axes; see <see cref="Tensor.LogSumExp"/>. Where every x is −∞, so is the result, and the gradient is 0.
    /// </summary>
    public Variable LogSumExp(ReadOnlySpan<int> axes = default, bool keepDims = false) => IsHalf
        ? Wide().LogSumExp(axes, keepDims).To(Value.DType)
        : Record(Value.LogSumExp(axes, keepDims), new LogSumExpNode(this, axes.ToArray(), KeptShape(axes)));

    private sealed class LogSumExpNode(Variable x, int[] axes, Shape kept) : GradNode(x)
    {
        // y = ln Σ eˣ  ⇒  dx = dy·eˣ / Σ eˣ; e^(x − y) would suffer from the rounding of a large y
        public override void Backward(Variable dy)
        {
            if (x.Value.Count == 0)
            {
                x.AddGrad(x * 0);
                return;
            }
            Variable one = dy.ScalarLike(1), zero = dy.ScalarLike(0);
            Tensor max = x.Value.Max(axes, keepDims: true), allHidden = max.Equal(dy.ScalarLike(double.NegativeInfinity).Value);
            // Beside an infinite element the finite ones do not count; infinite ones share evenly.
            Tensor isInfinite = x.Value.Equal(dy.ScalarLike(double.PositiveInfinity).Value);
            Variable shifted = x - Tensor.Where(allHidden, zero.Value, max);
            Variable e = Where(isInfinite, zero, shifted).Exp(), sum = e.Sum(axes, keepDims: true);
            x.AddGrad(e * (dy.Reshape(kept) / Where(sum.Value.Equal(zero.Value), one, sum)));
        }
    }

    /// <summary>Σ (x − mean)² / (n − correction) over the axes; see <see cref="Tensor.Variance"/>.</summary>
    public Variable Variance(ReadOnlySpan<int> axes = default, bool keepDims = false, double correction = 1) => IsHalf
        ? Wide().Variance(axes, keepDims, correction).To(Value.DType)
        : Record(Value.Variance(axes, keepDims, correction), new VarianceNode(this, axes.ToArray(), KeptShape(axes), correction));

    private sealed class VarianceNode(Variable x, int[] axes, Shape kept, double correction) : GradNode(x)
    {
        public override void Backward(Variable dy) => x.AddGrad(VarianceGradient(x, dy, axes, kept, correction));
    }

    /// <summary>√<see cref="Variance"/>; where it is 0, so is its gradient.</summary>
    public Variable StandardDeviation(ReadOnlySpan<int> axes = default, bool keepDims = false, double correction = 1)
    {
        if (IsHalf) return Wide().StandardDeviation(axes, keepDims, correction).To(Value.DType);
        Tensor y = Value.StandardDeviation(axes, keepDims, correction);
        return Record(y, new StandardDeviationNode(this, y, axes.ToArray(), KeptShape(axes), correction));
    }

    private sealed class StandardDeviationNode : GradNode
    {
        private readonly Variable _x;
        private readonly Tensor _y;
        private readonly int[] _axes;
        private readonly Shape _kept;
        private readonly double _correction;

        public StandardDeviationNode(Variable x, Tensor y, int[] axes, Shape kept, double correction)
            : base(x) => (_x, _y, _axes, _kept, _correction) = (x, Save(y, "the result"), axes, kept, correction);

        // y = √(Σ (x − mean)² / (n − correction))  ⇒  dx = dy·((x − mean)/y) / (n − correction), and 0 where y is 0
        public override void Backward(Variable dy)
        {
            Variable one = dy.ScalarLike(1), zero = dy.ScalarLike(0);
            Tensor isZero = _y.Equal(zero.Value);
            Variable deviations = (_x - _x.Mean(_axes, keepDims: true)) / Where(isZero, one, new Variable(_y, this)).Reshape(_kept);
            _x.AddGrad(deviations * (Where(isZero, zero, dy).Reshape(_kept) * (1 / Degrees(_x, dy, _correction))));
        }
    }

    /// <summary>n − correction of each result, at least 0.</summary>
    private static double Degrees(Variable x, Variable y, double correction) =>
        Math.Max(x.Value.Count / Math.Max(y.Value.Count, 1.0) - correction, 0);

    /// <summary>
    /// y = Σ (x − mean)² / (n − correction)  ⇒  dx = dy·2·(x − mean) / (n − correction): through the mean flows Σ (x − mean) = 0.
    /// </summary>
    private static Variable VarianceGradient(Variable x, Variable dy, int[] axes, Shape kept, double correction) =>
        (x - x.Mean(axes, keepDims: true)) * (dy.Reshape(kept) * (2 / Degrees(x, dy, correction)));

    /// <summary>(Σ |x|ᵖ)^(1/p) over the axes; see <see cref="Tensor.Norm"/>. Where it is 0, so is its gradient, as in PyTorch.</summary>
    public Variable Norm(double p = 2, ReadOnlySpan<int> axes = default, bool keepDims = false)
    {
        switch (p)
        {
            case 1: return Abs().Sum(axes, keepDims);
            case double.PositiveInfinity: return Abs().Max(axes, keepDims);
            case var _ when IsHalf: return Wide().Norm(p, axes, keepDims).To(Value.DType);
            default:
                Tensor y = Value.Norm(p, axes, keepDims);
                return Record(y, new NormNode(this, y, p, KeptShape(axes)));
        }
    }

    private sealed class NormNode : GradNode
    {
        private readonly Variable _x;
        private readonly Tensor _y;
        private readonly double _p;
        private readonly Shape _kept;

        public NormNode(Variable x, Tensor y, double p, Shape kept)
            : base(x) => (_x, _y, _p, _kept) = (x, Save(y, "the result"), p, kept);

        // y = (Σ |x|ᵖ)^(1/p)  ⇒  dx = dy·sign(x)·(|x|/y)^(p−1), for p = 2: dy·x/y
        public override void Backward(Variable dy)
        {
            Variable y = new(_y, this), one = dy.ScalarLike(1), zero = dy.ScalarLike(0);
            // Where y is 0 every x is: then any divisor will do, but 0.
            Variable divisor = Where(_y.Equal(zero.Value), one, y).Reshape(_kept);
            if (_p == 2)
            {
                _x.AddGrad(_x / divisor * dy.Reshape(_kept)); // the quotient first: it is at most 1
                return;
            }
            Tensor isZero = _x.Value.Equal(zero.Value);
            Variable slope = (Where(isZero, one, _x.Abs()) / divisor).Pow(zero + (_p - 1));
            Variable signed = Where(_x.Value.Less(zero.Value), slope.Negate(), slope);
            _x.AddGrad(Where(isZero, zero, dy.Reshape(_kept) * signed));
        }
    }

    /// <summary>y[i, j] = this[i]·other[j] of two vectors; see <see cref="Tensor.Outer"/>.</summary>
    public Variable Outer(Variable other) => Record(Value.Outer(other.Value), new OuterNode(this, other));

    private sealed class OuterNode(Variable a, Variable b) : GradNode(a, b)
    {
        // y = a·bᵀ  ⇒  da = dy·b,  db = dyᵀ·a
        public override void Backward(Variable dy)
        {
            if (a.NeedsGrad) a.AddGrad(dy.MatMul(b.Unsqueeze(1)).Squeeze(1));
            if (b.NeedsGrad) b.AddGrad(dy.Transpose().MatMul(a.Unsqueeze(1)).Squeeze(1));
        }
    }
}
