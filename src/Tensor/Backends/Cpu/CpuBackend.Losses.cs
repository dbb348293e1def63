namespace MiniStack;

internal sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void CtcLoss(
        Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, Tensor losses, Tensor alpha)
    {
        if (logProbabilities.DType.IsHalf())
        {
            _widened.CtcLoss(logProbabilities, targets, inputLengths, targetLengths, blank, losses, alpha);
            return;
        }
        int batch = logProbabilities.Shape[1];
        if (IsF32(logProbabilities.DType))
            VectorWork.For<float, CtcKernel<float>>(batch, new(new(logProbabilities, targets, inputLengths, targetLengths, blank, alpha), losses));
        else
            VectorWork.For<double, CtcKernel<double>>(batch, new(new(logProbabilities, targets, inputLengths, targetLengths, blank, alpha), losses));
    }

    /// <inheritdoc/>
    public override void CtcLossBackward(
        Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, Tensor alpha,
        Tensor dlosses, Tensor dlogProbabilities)
    {
        if (logProbabilities.DType.IsHalf())
        {
            _widened.CtcLossBackward(logProbabilities, targets, inputLengths, targetLengths, blank, alpha, dlosses, dlogProbabilities);
            return;
        }
        int batch = logProbabilities.Shape[1];
        Fill(dlogProbabilities, 0);
        if (IsF32(logProbabilities.DType))
        {
            VectorWork.For<float, CtcBackwardKernel<float>>(
                batch, new(new(logProbabilities, targets, inputLengths, targetLengths, blank, alpha), new(dlosses), dlogProbabilities));
        }
        else
        {
            VectorWork.For<double, CtcBackwardKernel<double>>(
                batch, new(new(logProbabilities, targets, inputLengths, targetLengths, blank, alpha), new(dlosses), dlogProbabilities));
        }
    }
}
