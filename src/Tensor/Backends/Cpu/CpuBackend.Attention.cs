using System.Runtime.Intrinsics;

namespace MiniStack;

internal sealed partial class CpuBackend
{
    private delegate void Attend(Tensor q, Tensor k, Tensor v, bool causal, double scale, Tensor y, Tensor logSumExp);

    private delegate void AttendBackward(
        Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, Tensor dy, bool causal, double scale, Tensor dq, Tensor dk, Tensor dv);

    private static readonly Attend AttendF32 =
        Vector512.IsHardwareAccelerated ? AttentionKernel<F32x16, Wide512<float>, float>.Run
        : Vector256.IsHardwareAccelerated ? AttentionKernel<F32x8, Wide256<float>, float>.Run
        : AttentionKernel<F32x4, Wide128<float>, float>.Run;

    private static readonly Attend AttendF64 =
        Vector512.IsHardwareAccelerated ? AttentionKernel<F64x8, Wide512<double>, double>.Run
        : Vector256.IsHardwareAccelerated ? AttentionKernel<F64x4, Wide256<double>, double>.Run
        : AttentionKernel<F64x2, Wide128<double>, double>.Run;

    private static readonly AttendBackward AttendBackwardF32 =
        Vector512.IsHardwareAccelerated ? AttentionBackwardKernel<F32x16, Wide512<float>, float>.Run
        : Vector256.IsHardwareAccelerated ? AttentionBackwardKernel<F32x8, Wide256<float>, float>.Run
        : AttentionBackwardKernel<F32x4, Wide128<float>, float>.Run;

    private static readonly AttendBackward AttendBackwardF64 =
        Vector512.IsHardwareAccelerated ? AttentionBackwardKernel<F64x8, Wide512<double>, double>.Run
        : Vector256.IsHardwareAccelerated ? AttentionBackwardKernel<F64x4, Wide256<double>, double>.Run
        : AttentionBackwardKernel<F64x2, Wide128<double>, double>.Run;

    /// <inheritdoc/>
    public override void Attention(Tensor q, Tensor k, Tensor v, bool causal, double scale, Tensor y, Tensor logSumExp)
    {
        if (q.DType.IsHalf())
        {
            _widened.Attention(q, k, v, causal, scale, y, logSumExp);
            return;
        }
        if (logSumExp.Count == 0 || k.Shape[2] == 0) base.Attention(q, k, v, causal, scale, y, logSumExp);
        else if (IsF32(q.DType)) AttendF32(q, k, v, causal, scale, y, logSumExp);
        else AttendF64(q, k, v, causal, scale, y, logSumExp);
    }

    /// <inheritdoc/>
    public override void AttentionBackward(
        Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, Tensor dy, bool causal, double scale, Tensor dq, Tensor dk, Tensor dv)
    {
        if (q.DType.IsHalf())
        {
            _widened.AttentionBackward(q, k, v, y, logSumExp, dy, causal, scale, dq, dk, dv);
            return;
        }
        // Nothing to compute, but zeros to write.
        if (logSumExp.Count == 0 || k.Shape[2] == 0) base.AttentionBackward(q, k, v, y, logSumExp, dy, causal, scale, dq, dk, dv);
        else if (IsF32(q.DType)) AttendBackwardF32(q, k, v, y, logSumExp, dy, causal, scale, dq, dk, dv);
        else AttendBackwardF64(q, k, v, y, logSumExp, dy, causal, scale, dq, dk, dv);
    }
}
