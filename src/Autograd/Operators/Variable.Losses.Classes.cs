using System.Globalization;

namespace MiniStack;

/// <summary>Losses of rows whose target is a class.</summary>
public partial class Variable
{
    /// <summary>−ln softmax(logits)[target] in nats, with smoothed targets, ignored rows and weighted classes.</summary>
    /// <remarks>
    /// With weights w, smoothing ε and C classes, a row costs (1 − ε)·w[target]·(−ln p[target]) + ε/C·Σ w·(−ln p); an ignored row costs 0.
    /// The mean divides by Σ w[target] over the rows that count, as PyTorch's does; when none counts it is NaN.
    /// </remarks>
    /// <param name="targets">Classes, I64 or I32, with this variable's shape but for the last axis.</param>
    /// <param name="options">What to do beyond the plain loss.</param>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    /// <exception cref="IndexException">A target is neither a class nor ignored.</exception>
    /// <exception cref="ConfigException">The smoothing is not from 0 to 1.</exception>
    public Variable CrossEntropy(Tensor targets, CrossEntropyOptions options)
    {
        double smoothing = options.LabelSmoothing;
        if (!(smoothing >= 0 && smoothing <= 1))
        {
            throw new ConfigException(
                string.Create(CultureInfo.InvariantCulture, $"CrossEntropy: label smoothing must be from 0 to 1, not {smoothing}."));
        }
        Variable logits = To(Value.DType.Wide());
        RowWeights weights = new(logits, targets, options.ClassWeights, options.IgnoreIndex, nameof(CrossEntropy));
        if (smoothing == 0) return weights.Reduce(weights.Apply(CrossEntropy(weights.Targets, Reduction.None)), options.Reduction);
        Variable logarithms = logits.LogSoftmax(), all = options.ClassWeights is { } each ? logarithms * weights.Of(each) : logarithms;
        Variable target = weights.Apply(logarithms.Pick(weights.Targets).Negate()), even = weights.Mask(all.Sum([-1]) * (-1.0 / Shape[^1]));
        return weights.Reduce(target * (1 - smoothing) + even * smoothing, options.Reduction);
    }

    /// <summary>−x[target] of rows of log-probabilities: cross-entropy for who has computed <see cref="LogSoftmax"/> already.</summary>
    /// <param name="targets">Classes, I64 or I32, with this variable's shape but for the last axis.</param>
    /// <param name="classWeights">[classes]: how much a row of each class counts; null for all the same. The mean is then the weighted
    /// mean.</param>
    /// <param name="ignoreIndex">The target of rows that do not count; null for none.</param>
    /// <param name="reduction">What becomes of the rows' losses.</param>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    /// <exception cref="IndexException">A target is neither a class nor ignored.</exception>
    public Variable NegativeLogLikelihood(
        Tensor targets, Tensor? classWeights = null, long? ignoreIndex = null, Reduction reduction = Reduction.Mean)
    {
        if (IsHalf) return Wide().NegativeLogLikelihood(targets, classWeights, ignoreIndex, reduction).To(Value.DType);
        RowWeights weights = new(this, targets, classWeights, ignoreIndex, nameof(NegativeLogLikelihood));
        return weights.Reduce(weights.Apply(Pick(weights.Targets).Negate()), reduction);
    }

    /// <summary>
    /// −ln softmax(q·kᵀ/τ)[i] of each query i: which of the keys is its own? Row i of the keys belongs to row i of the queries (this), all
    /// others are counterexamples.
    /// </summary>
    /// <remarks>
    /// van den Oord et al. 2018, arXiv:1807.03748, eq. 4, with products as scores. Give rows of length 1 (divide by <see cref="Norm"/>) to
    /// score by cosines, as contrastive learning of images does. For the symmetric loss, add that with both exchanged.
    /// </remarks>
    /// <param name="keys">As the queries, [n, d].</param>
    /// <param name="temperature">τ: how sharply scores are told apart.</param>
    /// <param name="reduction">What becomes of the queries' losses.</param>
    /// <exception cref="ShapeException">The shapes differ, or are not [n, d].</exception>
    /// <exception cref="ConfigException">The temperature is not positive.</exception>
    public Variable InfoNce(Variable keys, double temperature = 0.07, Reduction reduction = Reduction.Mean)
    {
        if (Rank != 2 || keys.Shape != Shape)
        {
            throw new ShapeException(
                $"InfoNce: queries are {Shape} and keys {keys.Shape}: " +
                "both must be the same [n, d], key i the one that query i belongs to.");
        }
        if (!(temperature > 0))
        {
            throw new ConfigException(
                string.Create(CultureInfo.InvariantCulture, $"InfoNce: the temperature must be positive, not {temperature}."));
        }
        if (IsHalf && keys.Value.DType == Value.DType) return Wide().InfoNce(keys.Wide(), temperature, reduction);
        return (MatMul(keys.Transpose()) * (1 / temperature)).CrossEntropy(Tensor.Arange(Shape[0], device: Value.Device), reduction);
    }

    /// <summary>
    /// Connectionist temporal classification of log-probabilities (this, [time, batch, classes]); see <see cref="Tensor.CtcLoss"/>.
    /// </summary>
    /// <remarks>
    /// The gradient is that with respect to the log-probabilities as they stand; behind <see cref="LogSoftmax"/> it gives logits PyTorch's
    /// gradient. It can be differentiated once.
    /// </remarks>
    /// <param name="targets">[batch, labels], I64 or I32; what lies behind a target's length is not read.</param>
    /// <param name="inputLengths">[batch], I64 or I32: steps of each item.</param>
    /// <param name="targetLengths">[batch], I64 or I32: labels of each target.</param>
    /// <param name="blank">The class that says nothing.</param>
    /// <param name="zeroInfinity">Items whose target does not fit in their steps cost 0 and have no gradient, instead of ∞ and NaN.</param>
    /// <param name="reduction">The mean is of losses divided by their target's length, as PyTorch's.</param>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    /// <exception cref="IndexException">A length, a label or the blank is out of range.</exception>
    public Variable CtcLoss(
        Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank = 0, bool zeroInfinity = false,
        Reduction reduction = Reduction.Mean)
    {
        if (IsHalf) return Wide().CtcLoss(targets, inputLengths, targetLengths, blank, zeroInfinity, reduction).To(Value.DType);
        Tensor y = Value.CtcLoss(targets, inputLengths, targetLengths, blank, out Tensor alpha);
        Variable losses = Record(y, new CtcLossNode(this, targets, inputLengths, targetLengths, blank, alpha));
        if (zeroInfinity) losses = Where(y.Equal(y.ScalarLike(double.PositiveInfinity)), ScalarLike(0), losses);
        if (reduction != Reduction.Mean) return losses.Reduce(reduction);
        Tensor lengths = targetLengths.To(y.Device).To(y.DType);
        return (losses / lengths.Maximum(lengths.ScalarLike(1))).Mean();
    }

    private sealed class CtcLossNode : GradNode
    {
        private readonly Variable _x;
        private readonly Tensor _targets, _inputLengths, _targetLengths, _alpha;
        private readonly int _blank;

        public CtcLossNode(Variable x, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, Tensor alpha)
            : base(x) =>
            (_x, _targets, _inputLengths, _targetLengths, _blank, _alpha) =
            (
                x, Save(targets, "the targets"), Save(inputLengths, "the input lengths"), Save(targetLengths, "the target lengths"), blank,
                Save(alpha, "alpha"));

        // dx[t, n, c] = −dy[n]·(probability that step t of item n says c, given its target)
        public override void Backward(Variable dy) =>
            _x.AddGrad(Fused.CtcLossBackward(_x.Value, _targets, _inputLengths, _targetLengths, _blank, _alpha, dy.Value));
    }

    /// <summary>One element of each row: y[…] = this[…, classes[…]].</summary>
    private Variable Pick(Tensor classes) => Gather(-1, classes.Unsqueeze(-1)).Squeeze(-1);
}
