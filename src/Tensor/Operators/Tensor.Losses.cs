using MiniStack.Operators;

namespace MiniStack;

public sealed partial class Tensor
{
    /// <summary>
    /// −t·ln σ(x) − (1 − t)·ln(1 − σ(x)) element by element, from the logit x, without overflow or cancellation; broadcast.
    /// </summary>
    /// <param name="targets">t, from 0 to 1.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">The dtypes differ, or are no floats.</exception>
    public Tensor BinaryCrossEntropyWithLogits(Tensor targets)
    {
        CheckFloat(nameof(BinaryCrossEntropyWithLogits));
        (Tensor x, Tensor t) = Align(this, targets, nameof(BinaryCrossEntropyWithLogits));
        Tensor y = x.EmptyLike();
        Backend.Binary<BinaryCrossEntropyWithLogits>(x, t, y);
        return y;
    }

    /// <summary>
    /// Connectionist temporal classification: −ln of the probability of each target, summed over all its alignments with the steps. An
    /// alignment says one class a step; without repetitions, and then without blanks, it is the target.
    /// </summary>
    /// <remarks>Graves et al. 2006, doi:10.1145/1143844.1143891; the recursions run in logarithms and F64.</remarks>
    /// <param name="targets">[batch, labels], I64 or I32; what lies behind a target's length is not read.</param>
    /// <param name="inputLengths">[batch], I64 or I32: steps of each item, at most time.</param>
    /// <param name="targetLengths">[batch], I64 or I32: labels of each target.</param>
    /// <param name="blank">The class that says nothing.</param>
    /// <param name="alpha">ln of the probability of each beginning, F64, which the gradient needs.</param>
    /// <returns>[batch] for this tensor of log-probabilities, [time, batch, classes]; ∞ where the steps are too few for the
    /// target.</returns>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    /// <exception cref="IndexException">A length, a label or the blank is out of range.</exception>
    public Tensor CtcLoss(Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, out Tensor alpha)
    {
        const string operation = nameof(CtcLoss);
        CheckFloat(operation);
        foreach (Tensor indices in (Tensor[])[targets, inputLengths, targetLengths]) CheckIndices(indices, operation);
        if (Rank != 3 || targets.Rank != 2 || targets.Shape[0] != Shape[1] || inputLengths.Shape != [Shape[1]]
            || targetLengths.Shape != [Shape[1]])
        {
            throw new ShapeException(
                $"CtcLoss: log-probabilities are {Shape}, targets {targets.Shape}, " +
                $"input lengths {inputLengths.Shape} and target lengths {targetLengths.Shape}: " +
                "they must be [time, batch, classes], [batch, labels], [batch] and [batch].");
        }
        CheckCtc(targets, inputLengths, targetLengths, blank);
        Tensor losses = Empty([Shape[1]], DType, Device);
        alpha = Empty([Shape[1], Shape[0], 2 * targets.Shape[1] + 1], DType.F64, Device);
        Backend.CtcLoss(
            this, targets.Beside(this, operation), inputLengths.Beside(this, operation), targetLengths.Beside(this, operation), blank,
            losses, alpha);
        return losses;
    }

    private void CheckCtc(Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank)
    {
        int time = Shape[0], classes = Shape[2], labels = targets.Shape[1];
        if (blank < 0 || blank >= classes)
            throw new IndexException($"CtcLoss: blank {blank} is outside 0 to {classes - 1}; there are {classes} classes.");
        long[] all = targets.To(DType.I64).ToArray<long>(), steps = inputLengths.To(DType.I64).ToArray<long>(),
            lengths = targetLengths.To(DType.I64).ToArray<long>();
        for (int n = 0; n < lengths.Length; n++)
        {
            if (steps[n] < 0 || steps[n] > time)
                throw new IndexException($"CtcLoss: input length {steps[n]} of item {n} is outside 0 to {time}, the number of steps.");
            if (lengths[n] < 0 || lengths[n] > labels)
            {
                throw new IndexException(
                    $"CtcLoss: target length {lengths[n]} of item {n} is outside 0 to {labels}, the labels that targets have room for.");
            }
            for (int s = 0; s < lengths[n]; s++)
            {
                long label = all[n * labels + s];
                if (label < 0 || label >= classes || label == blank)
                {
                    throw new IndexException(
                        $"CtcLoss: label {label} of item {n} must be a class from 0 to {classes - 1}, and not the blank {blank}. " +
                        "Shorten the target's length where it ends.");
                }
            }
        }
    }

    /// <summary>−ln softmax(logits)[target] for each row, in nats.</summary>
    /// <param name="targets">Classes, I64 or I32, with this tensor's shape but for the last axis, on its device or in main memory.</param>
    /// <param name="logSumExp">ln Σ e^logits of each row, which the gradient needs.</param>
    /// <returns>One loss a row, the shape of <paramref name="targets"/>; F32 for logits in F16 and BF16.</returns>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    /// <exception cref="IndexException">A target is not a class.</exception>
    public Tensor CrossEntropy(Tensor targets, out Tensor logSumExp)
    {
        CheckFloat(nameof(CrossEntropy));
        CheckIndices(targets, nameof(CrossEntropy));
        if (Rank == 0 || targets.Shape != Shape[..^1])
        {
            throw new ShapeException(
                $"CrossEntropy: logits are {Shape} and targets {targets.Shape}: " +
                "targets must have the shape of the logits without the last axis.");
        }
        int classes = Shape[^1];
        CheckInside(targets, classes, nameof(CrossEntropy), "target", "classes");
        Tensor losses = Empty(targets.Shape, DType.Wide(), Device);
        logSumExp = Empty(targets.Shape, DType.Wide(), Device);
        Backend.CrossEntropy(
            Reshape([Shape.ToSize(targets.Count, nameof(CrossEntropy)), classes]), targets.Beside(this, nameof(CrossEntropy)).Flatten(),
            losses.Flatten(), logSumExp.Flatten());
        return losses;
    }
}
