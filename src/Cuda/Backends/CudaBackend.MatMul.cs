namespace MiniStack.Cuda;

internal sealed partial class CudaBackend
{
    private const int LargeTile = 128, SmallTile = 64;

    public override void MatMul(Tensor a, Tensor b, Tensor c, bool accumulate)
    {
        if (StandIns(b.DType) is { } standIns) standIns.MatMul(a, b, c, accumulate);
        else
        {
            Product(
                a, (Axes.Of(a, ..^2), a.Strides[^2], a.Strides[^1]), b, (Axes.Of(b, ..^2), b.Strides[^2], b.Strides[^1]), null, c,
                a.Shape[^1], accumulate, gelu: null);
        }
    }

    public override void Linear(Tensor x, Tensor weight, Tensor? bias, Tensor y)
    {
        if (weight.DType.IsHalf()) _widened.Linear(x, weight, bias, y);
        else Linear(x, weight, bias, y, gelu: null);
    }

    public override void LinearGelu(Tensor x, Tensor weight, Tensor? bias, Tensor h, Tensor y)
    {
        if (weight.DType.IsHalf()) _widened.LinearGelu(x, weight, bias, h, y);
        else Linear(x, weight, bias, h, gelu: y);
    }

    private void Linear(Tensor x, Tensor weight, Tensor? bias, Tensor y, Tensor? gelu) => Product(
        x, (Axes.Line(1, 0), x.Strides[0], x.Strides[1]), weight,
        (Axes.Line(1, 0), weight.Strides[1], weight.Strides[0]), bias, y, x.Shape[1], accumulate: false,
        gelu);

    /// <summary>
    /// c = a·b + bias, or c += a·b, and GELU(c), with the batch of each factor and its strides from row to row and from column to column.
    /// </summary>
    private void Product(
        Tensor a, in (Axes Batch, long Row, long Column) left, Tensor b,
        in (Axes Batch, long Row, long Column) right, Tensor? bias, Tensor c, long depth, bool accumulate,
        Tensor? gelu)
    {
        if (c.Count == 0) return;
        long m = c.Shape[^2], n = c.Shape[^1], batches = c.Count / (m * n);
        // The same bits either way: small tiles where large ones would leave multiprocessors idle.
        long largeTiles = batches * CudaEngine.Blocks(m, LargeTile) * CudaEngine.Blocks(n, LargeTile);
        bool large = c.DType == DType.F32 && largeTiles >= 2 * _engine.Multiprocessors;
        int tile = large ? LargeTile : SmallTile;
        Arguments arguments = new();
        arguments.Pointer(a).Value(left.Batch).Value(left.Row).Value(left.Column)
            .Pointer(b).Value(right.Batch).Value(right.Row).Value(right.Column)
            .Vector(bias).Pointer(c).Value(batches).Value(m).Value(n).Value(depth).Value(accumulate ? 1L : 0L).Pointer(gelu);
        _engine.Run(
            new(large ? "matmul_128" : "matmul_64", c.DType),
            (CudaEngine.Blocks(n, tile), CudaEngine.Blocks(m, tile), Math.Min(batches, CudaEngine.MostBlocks)), (256, 1), ref arguments);
    }
}
