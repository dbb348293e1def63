namespace MiniStack;

internal sealed partial class ProfilingBackend
{
    // The binary loss is max, ·, −, |·|, exp, +, ln, +; a state of CTC adds three paths and a step (max, 3 exp, 2 +, ln, +, +).
    public override void BinaryCrossEntropyWithLogits(Tensor x, Tensor targets, Tensor y) { using (Watch(8.0 * y.Count, [x, targets, y])) inner.BinaryCrossEntropyWithLogits(x, targets, y); }
    public override void CtcLoss(Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, Tensor losses, Tensor alpha) { using (Watch(10.0 * alpha.Count, [logProbabilities, targets, inputLengths, targetLengths, losses, alpha])) inner.CtcLoss(logProbabilities, targets, inputLengths, targetLengths, blank, losses, alpha); }
    public override void CtcLossBackward(Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, Tensor alpha, Tensor dlosses, Tensor dlogProbabilities) { using (Watch(14.0 * alpha.Count, [logProbabilities, targets, inputLengths, targetLengths, alpha, dlosses, dlogProbabilities])) inner.CtcLossBackward(logProbabilities, targets, inputLengths, targetLengths, blank, alpha, dlosses, dlogProbabilities); }
}
