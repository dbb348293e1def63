namespace MiniStack.Cuda;

// Gradients of weights are sums over all rows: first over chunks of rows, then over the chunks.
internal sealed partial class CudaBackend
{
    public override void LayerNorm(Tensor x, Tensor weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor rstd)
    {
        if (x.DType.IsHalf())
        {
            _widened.LayerNorm(x, weight, bias, epsilon, y, mean, rstd);
            return;
        }
        if (mean.Count == 0) return;
        Arguments arguments = new();
        arguments.Rows(x).Vector(weight).Vector(bias).Number(epsilon, x.DType)
            .Pointer(y).Pointer(mean).Pointer(rstd).Value((long)x.Shape[^1]);
        RunRows("layer_norm", x, ref arguments);
    }

    public override void LayerNormBackward(
        Tensor x, Tensor weight, Tensor mean, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight, Tensor? dbias)
    {
        if (x.DType.IsHalf())
        {
            _widened.LayerNormBackward(x, weight, mean, rstd, dy, dx, dweight, dbias);
            return;
        }
        if (x.Count > 0)
        {
            Arguments arguments = new();
            arguments.Rows(x).Vector(weight).Pointer(mean).Pointer(rstd).Rows(dy).Pointer(dx).Value((long)x.Shape[^1]);
            RunRows("layer_norm_backward", x, ref arguments);
        }
        WeightGradients("layer_norm_backward_weight", x, mean, rstd, dy, dweight, dbias);
    }

    public override void RmsNorm(Tensor x, Tensor weight, double epsilon, Tensor y, Tensor rstd)
    {
        if (x.DType.IsHalf())
        {
            _widened.RmsNorm(x, weight, epsilon, y, rstd);
            return;
        }
        if (rstd.Count == 0) return;
        Arguments arguments = new();
        arguments.Rows(x).Vector(weight).Number(epsilon, x.DType).Pointer(y).Pointer(rstd).Value((long)x.Shape[^1]);
        RunRows("rms_norm", x, ref arguments);
    }

    public override void RmsNormBackward(Tensor x, Tensor weight, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight)
    {
        if (x.DType.IsHalf())
        {
            _widened.RmsNormBackward(x, weight, rstd, dy, dx, dweight);
            return;
        }
        if (x.Count > 0)
        {
            Arguments arguments = new();
            arguments.Rows(x).Vector(weight).Pointer(rstd).Rows(dy).Pointer(dx).Value((long)x.Shape[^1]);
            RunRows("rms_norm_backward", x, ref arguments);
        }
        WeightGradients("rms_norm_backward_weight", x, null, rstd, dy, dweight, null);
    }

    private const long RowsAtOnce = 64;

    /// <summary>Of a norm: mean and dbias only where it has them.</summary>
    private void WeightGradients(string name, Tensor x, Tensor? mean, Tensor rstd, Tensor dy, Tensor dweight, Tensor? dbias)
    {
        if (x.Count == 0)
        {
            Fill(dweight, 0);
            if (dbias is not null) Fill(dbias, 0);
            return;
        }
        long rows = rstd.Count, length = x.Shape[^1], columns = CudaEngine.Blocks(length, ColumnsAtOnce);
        long chunk = Chunk(rows, EnoughBlocks / columns, RowsAtOnce), chunks = CudaEngine.Blocks(rows, chunk);
        using MemoryScope scope = MemoryScope.Begin();
        Tensor partialWeight = chunks == 1 ? dweight : Tensor.Empty([(int)chunks, (int)length], x.DType, Device);
        Tensor? partialBias = chunks == 1 || dbias is null ? dbias : Tensor.Empty([(int)chunks, (int)length], x.DType, Device);
        Arguments arguments = new();
        arguments.Rows(x);
        if (mean is not null) arguments.Pointer(mean);
        arguments.Pointer(rstd).Rows(dy).Pointer(partialWeight);
        if (mean is not null) arguments.Pointer(partialBias);
        arguments.Value(rows).Value(length).Value(chunk);
        _engine.Run(new(name, x.DType), (columns, chunks, 1), (ColumnsAtOnce, 8), ref arguments);
        if (chunks == 1) return;
        Sum(partialWeight.Transpose(), dweight);
        if (dbias is not null) Sum(partialBias!.Transpose(), dbias);
    }
}
