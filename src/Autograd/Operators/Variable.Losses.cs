using System.Globalization;

namespace MiniStack;

/// <summary>Losses element by element: what is wrong with each number, and the mean or sum of it.</summary>
public partial class Variable
{
    /// <summary>(x − t)².</summary>
    /// <param name="targets">t, of this shape.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public Variable MeanSquaredError(Variable targets, Reduction reduction = Reduction.Mean)
    {
        CheckTargets(targets, nameof(MeanSquaredError));
        if (IsHalf && targets.Value.DType == Value.DType) return Wide().MeanSquaredError(targets.Wide(), reduction).To(Value.DType);
        Tensor difference = Value - targets.Value;
        return Record(difference * difference, new SquaredErrorNode(this, targets)).Reduce(reduction);
    }

    private sealed class SquaredErrorNode(Variable x, Variable targets) : GradNode(x, targets)
    {
        // y = (x − t)²  ⇒  dx = dy·2·(x − t),  dt = −dx
        public override void Backward(Variable dy)
        {
            Variable dx = (x - targets) * dy * 2;
            x.AddGrad(dx);
            if (targets.NeedsGrad) targets.AddGrad(dx.Negate());
        }
    }

    /// <summary>|x − t|.</summary>
    /// <inheritdoc cref="MeanSquaredError" path="/param|/exception"/>
    public Variable L1Loss(Variable targets, Reduction reduction = Reduction.Mean)
    {
        CheckTargets(targets, nameof(L1Loss));
        if (IsHalf && targets.Value.DType == Value.DType) return Wide().L1Loss(targets.Wide(), reduction).To(Value.DType);
        return (this - targets).Abs().Reduce(reduction);
    }

    /// <summary>
    /// (x − t)² / 2β where |x − t| &lt; β, otherwise |x − t| − β/2: squares near the target, and no more than slope 1 for outliers.
    /// </summary>
    /// <remarks>Girshick 2015, arXiv:1504.08083, eq. 3, with the β of PyTorch; β = 0 is <see cref="L1Loss"/>,
    /// but with slope −1 where x = t, as in PyTorch.</remarks>
    /// <param name="targets">t, of this shape.</param>
    /// <param name="beta">Where the square ends; at least 0.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    /// <exception cref="ConfigException">beta is negative.</exception>
    public Variable SmoothL1Loss(Variable targets, double beta = 1, Reduction reduction = Reduction.Mean)
    {
        CheckTargets(targets, nameof(SmoothL1Loss));
        if (!(beta >= 0))
            throw new ConfigException(string.Create(CultureInfo.InvariantCulture, $"SmoothL1Loss: beta must be at least 0, not {beta}."));
        if (IsHalf && targets.Value.DType == Value.DType) return Wide().SmoothL1Loss(targets.Wide(), beta, reduction).To(Value.DType);
        Variable difference = this - targets, distance = difference.Abs();
        if (beta == 0)
        {
            Tensor isBelow = difference.Value.LessOrEqual(difference.Value.ScalarLike(0));
            return Where(isBelow, difference.Negate(), difference).Reduce(reduction);
        }
        // With m = min(|x − t|, β), both cases are m/β·(|x − t| − m/2).
        Variable near = distance.Minimum(distance.ScalarLike(beta));
        return (near / beta * (distance - near * 0.5)).Reduce(reduction);
    }

    /// <summary>−w·t·ln σ(x) − (1 − t)·ln(1 − σ(x)), from logits, finite and accurate for any of them.</summary>
    /// <param name="targets">t, from 0 to 1, of this shape.</param>
    /// <param name="positiveWeight">w of positive targets, broadcast to this shape; null for 1. Above 1, misses cost more than false
    /// alarms.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    /// <exception cref="ShapeException">The shapes differ, or the weight does not broadcast.</exception>
    public Variable BinaryCrossEntropyWithLogits(Variable targets, Tensor? positiveWeight = null, Reduction reduction = Reduction.Mean)
    {
        CheckTargets(targets, nameof(BinaryCrossEntropyWithLogits));
        if (IsHalf && targets.Value.DType == Value.DType && (positiveWeight is null || positiveWeight.DType == Value.DType))
            return Wide().BinaryCrossEntropyWithLogits(targets.Wide(), positiveWeight?.To(DType.F32), reduction).To(Value.DType);
        if (positiveWeight is null) return BinaryCrossEntropy(targets).Reduce(reduction);
        // The loss is linear in t: what t = 1 and t = 0 would cost, mixed.
        Variable whenTrue = BinaryCrossEntropy(ScalarLike(1)) * positiveWeight, whenFalse = BinaryCrossEntropy(ScalarLike(0));
        return (Weighted(targets, whenTrue) + Weighted(1 - targets, whenFalse)).Reduce(reduction);
    }

    private Variable BinaryCrossEntropy(Variable targets) =>
        Record(Value.BinaryCrossEntropyWithLogits(targets.Value), new BinaryCrossEntropyNode(this, targets));

    private sealed class BinaryCrossEntropyNode(Variable x, Variable targets) : GradNode(x, targets)
    {
        // y = −t·ln σ(x) − (1 − t)·ln(1 − σ(x))  ⇒  dx = dy·(σ(x) − t),  dt = −dy·x
        public override void Backward(Variable dy)
        {
            if (x.NeedsGrad) x.AddGrad(dy * (x.Sigmoid() - targets));
            if (targets.NeedsGrad) targets.AddGrad((dy * x).Negate());
        }
    }

    /// <summary>
    /// t·(ln t − x), the Kullback–Leibler divergence of the distribution x, given as logarithms, from the targets t; 0 where t is 0.
    /// </summary>
    /// <remarks>
    /// Of rows that are distributions, the divergence is the sum over a row: use <see cref="Reduction.Sum"/> and divide by the rows
    /// (PyTorch's "batchmean"); the mean here is over all elements, as PyTorch's "mean".
    /// </remarks>
    /// <param name="targets">Probabilities, of this shape.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public Variable KlDivergence(Variable targets, Reduction reduction = Reduction.Mean)
    {
        CheckTargets(targets, nameof(KlDivergence));
        if (IsHalf && targets.Value.DType == Value.DType) return Wide().KlDivergence(targets.Wide(), reduction).To(Value.DType);
        Variable zero = targets.ScalarLike(0), one = targets.ScalarLike(1);
        Tensor isZero = targets.Value.Equal(zero.Value);
        Variable entropy = Where(isZero, zero, targets * Where(isZero, one, targets).Log());
        return (entropy - Weighted(targets, this)).Reduce(reduction);
    }

    /// <summary>max(0, margin − t·x): nothing for what is on its side by the margin.</summary>
    /// <param name="targets">t, 1 or −1, of this shape.</param>
    /// <param name="margin">How far from 0 is far enough.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public Variable HingeLoss(Variable targets, double margin = 1, Reduction reduction = Reduction.Mean)
    {
        CheckTargets(targets, nameof(HingeLoss));
        if (IsHalf && targets.Value.DType == Value.DType) return Wide().HingeLoss(targets.Wide(), margin, reduction).To(Value.DType);
        return (margin - targets * this).Positive().Reduce(reduction);
    }

    /// <summary>A distance x where t is 1, and max(0, margin − x) where it is −1: like things are to be near, others apart.</summary>
    /// <param name="targets">1 or −1, of this shape.</param>
    /// <param name="margin">How far apart is enough.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public Variable HingeEmbeddingLoss(Tensor targets, double margin = 1, Reduction reduction = Reduction.Mean)
    {
        CheckTargets(targets, nameof(HingeEmbeddingLoss));
        if (IsHalf) return Wide().HingeEmbeddingLoss(targets, margin, reduction).To(Value.DType);
        return Where(targets.Greater(targets.ScalarLike(0)), this, (margin - this).Positive()).Reduce(reduction);
    }

    /// <summary>max(x, 0); at 0 with slope 1, as PyTorch's margin losses.</summary>
    private Variable Positive() => Where(Value.Less(Value.ScalarLike(0)), ScalarLike(0), this);

    private Variable Reduce(Reduction reduction) => reduction switch
    {
        Reduction.Mean => Mean(),
        Reduction.Sum => Sum(),
        _ => this,
    };

    private void CheckTargets(Variable targets, string operation)
    {
        if (targets.Shape != Shape)
        {
            throw new ShapeException(
                $"{operation}: the input is {Shape} and the targets are {targets.Shape}: " +
                "give one target for each number (see Reshape and Expand).");
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
            else
            {
                _logits.AddGrad(
                    (dy.Unsqueeze(-1) * (_logits.To(dy.Value.DType).Softmax() - OneHot(dy.Value.DType))).To(_logits.Value.DType));
            }
        }
    }
}
