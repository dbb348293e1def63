namespace MiniStack;

internal abstract partial class Backend
{
    // Losses.

    /// <summary>y = max(x, 0) − x·t + ln(1 + e^−|x|): −t·ln σ(x) − (1 − t)·ln(1 − σ(x)), element by element.</summary>
    public abstract void BinaryCrossEntropyWithLogits(Tensor x, Tensor targets, Tensor y);

    /// <summary>
    /// losses[n] = −ln of the probability of target n, summed over its alignments; alpha[n, t, s] = ln of the probability that the first
    /// t + 1 steps end in state s of the extended target (blank, label, blank, …), states beyond 2·length + 1 undefined.
    /// </summary>
    /// <remarks>logProbabilities [time, batch, classes]; targets [batch, labels]; lengths [batch]; alpha (F64) [batch, time, 2·labels + 1].</remarks>
    public abstract void CtcLoss(
        Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, Tensor losses, Tensor alpha);

    /// <summary>Gradient of <see cref="CtcLoss"/> with respect to the log-probabilities: −dlosses[n]·(probability that step t of item n emits the class).</summary>
    public abstract void CtcLossBackward(
        Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, Tensor alpha,
        Tensor dlosses, Tensor dlogProbabilities);
}
