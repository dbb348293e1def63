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
}
