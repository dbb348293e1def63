namespace MiniStack.Cuda;

internal sealed partial class CudaBackend
{
    public override void CrossEntropy(Tensor logits, Tensor targets, Tensor losses, Tensor logSumExp)
    {
        if (logits.DType.IsHalf())
        {
            _widened.CrossEntropy(logits, targets, losses, logSumExp);
            return;
        }
        if (losses.Count == 0) return;
        Arguments arguments = new();
        arguments.Rows(logits).Operand(targets).Pointer(losses).Pointer(logSumExp).Value((long)logits.Shape[^1]);
        _engine.Run(new("cross_entropy", logits.DType, targets.DType), (losses.Count, 1, 1), (256, 1), ref arguments);
    }

    public override void CrossEntropyBackward(Tensor logits, Tensor targets, Tensor logSumExp, Tensor dlosses, Tensor dlogits)
    {
        if (logits.DType.IsHalf())
        {
            _widened.CrossEntropyBackward(logits, targets, logSumExp, dlosses, dlogits);
            return;
        }
        if (dlogits.Count == 0) return;
        Arguments arguments = new();
        arguments.Rows(logits).Operand(targets).Operand(logSumExp).Operand(dlosses).Pointer(dlogits).Value((long)logits.Shape[^1]);
        _engine.Run(new("cross_entropy_backward", logits.DType, targets.DType), (targets.Count, 1, 1), (256, 1), ref arguments);
    }
}
