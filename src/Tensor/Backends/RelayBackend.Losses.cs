namespace MiniStack;

internal abstract partial class RelayBackend
{
    public override void BinaryCrossEntropyWithLogits(Tensor x, Tensor targets, Tensor y) { using Trip trip = Begin(); There.BinaryCrossEntropyWithLogits(trip.In(x), trip.In(targets), trip.Out(y)); }
    public override void CtcLoss(Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, Tensor losses, Tensor alpha) { using Trip trip = Begin(); There.CtcLoss(trip.In(logProbabilities), trip.In(targets), trip.In(inputLengths), trip.In(targetLengths), blank, trip.Out(losses), trip.Out(alpha)); }
    public override void CtcLossBackward(Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, Tensor alpha, Tensor dlosses, Tensor dlogProbabilities) { using Trip trip = Begin(); There.CtcLossBackward(trip.In(logProbabilities), trip.In(targets), trip.In(inputLengths), trip.In(targetLengths), blank, trip.In(alpha), trip.In(dlosses), trip.Out(dlogProbabilities)); }
}
