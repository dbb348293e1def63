namespace MiniStack;

public sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void LogSumExp(Tensor x, Tensor y)
    {
        if (y.Count == 0) return;
        int length = (int)(x.Count / y.Count), pieces = Pieces.Count(y.Count, Pieces.Rows(length));
        if (length == 0) Fill(y, double.NegativeInfinity);
        else if (x.DType == DType.F32) VectorWork.For<float, LogSumExpKernel<float>>(pieces, new(new(x), y, length));
        else VectorWork.For<double, LogSumExpKernel<double>>(pieces, new(new(x), y, length));
    }

    /// <inheritdoc/>
    public override void BinaryCrossEntropyWithLogits(Tensor x, Tensor targets, Tensor y) => Map<BinaryCrossEntropyOperator>(x, targets, y);

    /// <inheritdoc/>
    public override void CtcLoss(
        Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, Tensor losses, Tensor alpha)
    {
        int batch = logProbabilities.Shape[1];
        if (logProbabilities.DType == DType.F32)
            VectorWork.For<float, CtcKernel<float>>(batch, new(new(logProbabilities, targets, inputLengths, targetLengths, blank, alpha), losses));
        else
            VectorWork.For<double, CtcKernel<double>>(batch, new(new(logProbabilities, targets, inputLengths, targetLengths, blank, alpha), losses));
    }

    /// <inheritdoc/>
    public override void CtcLossBackward(
        Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, Tensor alpha,
        Tensor dlosses, Tensor dlogProbabilities)
    {
        int batch = logProbabilities.Shape[1];
        Fill(dlogProbabilities, 0);
        if (logProbabilities.DType == DType.F32)
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
