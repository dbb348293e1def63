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
        {
            VectorWork.For<float, CtcKernel<float>>(
                batch, new(new(logProbabilities, targets, inputLengths, targetLengths, blank, alpha), losses));
        }
        else
        {
            VectorWork.For<double, CtcKernel<double>>(
                batch, new(new(logProbabilities, targets, inputLengths, targetLengths, blank, alpha), losses));
        }
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

    /// <inheritdoc/>
    public override void CrossEntropy(Tensor logits, Tensor targets, Tensor losses, Tensor logSumExp)
    {
        if (logits.DType.IsHalf())
        {
            _widened.CrossEntropy(logits, targets, losses, logSumExp);
            return;
        }
        if (losses.Count == 0) return;
        int classes = logits.Shape[^1], pieces = Pieces.Count(losses.Count, Pieces.Rows(classes));
        if (IsF32(logits.DType))
            VectorWork.For<float, CrossEntropyKernel<float>>(pieces, new(new(logits), new(targets), losses, logSumExp, classes));
        else
            VectorWork.For<double, CrossEntropyKernel<double>>(pieces, new(new(logits), new(targets), losses, logSumExp, classes));
    }

    /// <inheritdoc/>
    public override void CrossEntropyBackward(Tensor logits, Tensor targets, Tensor logSumExp, Tensor dlosses, Tensor dlogits)
    {
        if (logits.DType.IsHalf())
        {
            _widened.CrossEntropyBackward(logits, targets, logSumExp, dlosses, dlogits);
            return;
        }
        if (dlogits.Count == 0) return;
        int classes = logits.Shape[^1], pieces = Pieces.Count(dlogits.Count / classes, Pieces.Rows(classes));
        if (IsF32(logits.DType))
        {
            VectorWork.For<float, CrossEntropyBackwardKernel<float>>(
                pieces, new(new(logits), new(targets), new(logSumExp), new(dlosses), dlogits, classes));
        }
        else
        {
            VectorWork.For<double, CrossEntropyBackwardKernel<double>>(
                pieces, new(new(logits), new(targets), new(logSumExp), new(dlosses), dlogits, classes));
        }
    }
}
