namespace MiniStack;

public static partial class Fused
{
    /// <summary>Gradient of <see cref="Tensor.CtcLoss"/> with respect to the log-probabilities, from its alpha.</summary>
    internal static Tensor CtcLossBackward(
        Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, Tensor alpha, Tensor dlosses)
    {
        const string operation = nameof(CtcLossBackward);
        Tensor dlogProbabilities = logProbabilities.EmptyLike();
        logProbabilities.Backend.CtcLossBackward(
            logProbabilities, targets.Beside(logProbabilities, operation), inputLengths.Beside(logProbabilities, operation),
            targetLengths.Beside(logProbabilities, operation), blank, alpha, dlosses, dlogProbabilities);
        return dlogProbabilities;
    }

    /// <summary>Gradient of <see cref="Tensor.CrossEntropy"/> with respect to the logits.</summary>
    internal static Tensor CrossEntropyBackward(Tensor logits, Tensor targets, Tensor logSumExp, Tensor dlosses)
    {
        Tensor dlogits = logits.EmptyLike();
        int rows = (int)targets.Count, classes = logits.Shape[^1];
        logits.Backend.CrossEntropyBackward(
            logits.Reshape(rows, classes), targets.Beside(logits, nameof(CrossEntropyBackward)).Flatten(), logSumExp.Flatten(),
            dlosses.Flatten(),
            dlogits.Reshape(rows, classes));
        return dlogits;
    }
}
