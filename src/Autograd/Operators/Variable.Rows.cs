namespace MiniStack;

/// <summary>How the losses of many rows become one.</summary>
public enum Reduction
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Not at all: one loss a row.</summary>
    None,
}

/// <summary>Operators that look at a whole row: softmax, layer norm, cross-entropy.</summary>
public partial class Variable
{
    /// <summary>eˣ / Σ eˣ along one axis.</summary>
    public Variable Softmax(int axis = -1)
    {
        if (Shape.Axis(axis, nameof(Softmax)) != Rank - 1) return Transpose(axis, -1).Softmax().Transpose(axis, -1);
        Tensor y = Value.Softmax();
        return Record(y, new SoftmaxNode(this, y));
    }

    private sealed class SoftmaxNode(Variable x, Tensor y) : ResultNode(x, y, savesHalves: true)
    {
        // y = softmax x  ⇒  dx = y·(dy − Σ dy·y)
        public override void Backward(Variable dy) => X.AddWideGrad(ScoreGradients(X.IsHalf ? X.Wide().Softmax() : Result, dy.Wide()));
    }

    /// <summary>x − ln Σ eˣ along one axis.</summary>
    public Variable LogSoftmax(int axis = -1)
    {
        if (Shape.Axis(axis, nameof(LogSoftmax)) != Rank - 1) return Transpose(axis, -1).LogSoftmax().Transpose(axis, -1);
        Tensor y = Value.LogSoftmax();
        return Record(y, new LogSoftmaxNode(this, y));
    }

    private sealed class LogSoftmaxNode(Variable x, Tensor y) : ResultNode(x, y, savesHalves: true)
    {
        // y = x − ln Σ eˣ  ⇒  dx = dy − eʸ·Σ dy
        public override void Backward(Variable dy)
        {
            dy = dy.Wide();
            X.AddWideGrad(dy - (X.IsHalf ? X.Wide().Softmax() : Result.Exp()) * dy.Sum([-1], keepDims: true));
        }
    }

    /// <summary>(x − mean) / √(variance + ε) · weight + bias over the last axis; see <see cref="Tensor.LayerNorm(Tensor, Tensor?, double)"/>.</summary>
    public Variable LayerNorm(Variable weight, Variable? bias = null, double epsilon = 1e-5)
    {
        Tensor y = Value.LayerNorm(weight.Value, bias?.Value, epsilon, out Tensor mean, out Tensor rstd);
        return Record(y, new LayerNormNode(this, weight, bias, epsilon, mean, rstd));
    }

    private sealed class LayerNormNode : GradNode
    {
        private readonly Variable _x, _weight;
        private readonly Variable? _bias;
        private readonly double _epsilon;
        private readonly Tensor _mean, _rstd;

        public LayerNormNode(Variable x, Variable weight, Variable? bias, double epsilon, Tensor mean, Tensor rstd)
            : base(bias is null ? [x, weight] : [x, weight, bias]) =>
            (_x, _weight, _bias, _epsilon, _mean, _rstd) = (x, weight, bias, epsilon, Save(mean, "the mean"), Save(rstd, "the deviation"));

        // With n = (x − mean)·rstd and g = dy·weight: dx = rstd·(g − average(g) − n·average(g·n)),
        // dweight = Σ dy·n and dbias = Σ dy over all rows.
        public override void Backward(Variable dy)
        {
            if (Tape.CreatesGraph)
            {
                Variable x = _x.Wide(), wide = dy.Wide(), centred = x - x.Mean([-1], keepDims: true);
                Variable rstd = 1 / ((centred * centred).Mean([-1], keepDims: true) + _epsilon).Sqrt();
                Variable n = centred * rstd, g = wide * _weight.Wide();
                _x.AddWideGrad(rstd * (g - g.Mean([-1], keepDims: true) - n * (g * n).Mean([-1], keepDims: true)));
                _weight.AddWideGrad(wide * n);
                _bias?.AddGrad(dy);
                return;
            }
            (Tensor dx, Tensor dweight, Tensor? dbias) =
                Fused.LayerNormBackward(_x.Value, _weight.Value, _bias is not null, _mean, _rstd, dy.Value);
            _x.AddGrad(dx);
            _weight.AddGrad(dweight);
            _bias?.AddGrad(dbias!);
        }
    }

    /// <summary>x / √(average of x² + ε) · weight over the last axis; see <see cref="Tensor.RmsNorm(Tensor, double)"/>.</summary>
    public Variable RmsNorm(Variable weight, double epsilon = 1e-6)
    {
        Tensor y = Value.RmsNorm(weight.Value, epsilon, out Tensor rstd);
        return Record(y, new RmsNormNode(this, weight, epsilon, rstd));
    }

    private sealed class RmsNormNode : GradNode
    {
        private readonly Variable _x, _weight;
        private readonly double _epsilon;
        private readonly Tensor _rstd;

        public RmsNormNode(Variable x, Variable weight, double epsilon, Tensor rstd)
            : base(x, weight) => (_x, _weight, _epsilon, _rstd) = (x, weight, epsilon, Save(rstd, "the deviation"));

        // With n = x·rstd and g = dy·weight: dx = rstd·(g − n·average(g·n)), and dweight = Σ dy·n over all rows.
        public override void Backward(Variable dy)
        {
            if (Tape.CreatesGraph)
            {
                Variable x = _x.Wide(), wide = dy.Wide();
                Variable rstd = 1 / ((x * x).Mean([-1], keepDims: true) + _epsilon).Sqrt(), n = x * rstd, g = wide * _weight.Wide();
                _x.AddWideGrad(rstd * (g - n * (g * n).Mean([-1], keepDims: true)));
                _weight.AddWideGrad(wide * n);
                return;
            }
            (Tensor dx, Tensor dweight) = Fused.RmsNormBackward(_x.Value, _weight.Value, _rstd, dy.Value);
            _x.AddGrad(dx);
            _weight.AddGrad(dweight);
        }
    }

    /// <summary>−ln softmax(logits)[target] in nats, in F32 for logits in F16 and BF16; see <see cref="Tensor.CrossEntropy"/>.</summary>
    /// <param name="targets">Classes, I64 or I32, with this variable's shape but for the last axis.</param>
    /// <param name="reduction">What becomes of the rows' losses.</param>
    public Variable CrossEntropy(Tensor targets, Reduction reduction = Reduction.Mean)
    {
        Tensor losses = Value.CrossEntropy(targets, out Tensor logSumExp);
        Variable rows = Record(losses, new CrossEntropyNode(this, targets, logSumExp));
        return rows.Reduce(reduction);
    }

    private sealed class CrossEntropyNode : GradNode
    {
        private readonly Variable _logits;
        private readonly Tensor _targets, _logSumExp;

        public CrossEntropyNode(Variable logits, Tensor targets, Tensor logSumExp)
            : base(logits) =>
            (_logits, _targets, _logSumExp) = (logits, Save(targets, "the targets"), Save(logSumExp, "the logSumExp"));

        private Tensor OneHot(DType dtype) => _targets.To(_logits.Value.Device).OneHot(_logits.Shape[^1], dtype);

        // dlogits = dy·(softmax(logits) − one-hot(target))
        public override void Backward(Variable dy)
        {
            if (!Tape.CreatesGraph) _logits.AddGrad(Fused.CrossEntropyBackward(_logits.Value, _targets, _logSumExp, dy.Value));
            else _logits.AddGrad((dy.Unsqueeze(-1) * (_logits.To(dy.Value.DType).Softmax() - OneHot(dy.Value.DType))).To(_logits.Value.DType));
        }
    }
}
