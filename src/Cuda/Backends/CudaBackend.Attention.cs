namespace MiniStack.Cuda;

internal sealed partial class CudaBackend
{
    private const int MostChannels = 128;

    public override void Attention(Tensor q, Tensor k, Tensor v, bool causal, double scale, Tensor y, Tensor logSumExp)
    {
        if (q.DType.IsHalf())
        {
            _widened.Attention(q, k, v, causal, scale, y, logSumExp);
            return;
        }
        if (logSumExp.Count == 0) return;
        if (k.Shape[2] == 0)
        {
            Fill(y, 0);
            Fill(logSumExp, double.NegativeInfinity);
            return;
        }
        if (!Fits(q, v))
        {
            base.Attention(q, k, v, causal, scale, y, logSumExp);
            return;
        }
        Arguments arguments = new();
        arguments.Heads(q).Heads(k).Heads(v).Heads(y).Pointer(logSumExp);
        Sizes(ref arguments, q, k, v, causal, scale);
        _engine.Run(new(Narrow(q, v) ? "attention_64" : "attention_128", q.DType), Grid(q, q.Shape[2], TileOf(q)), (256, 1), ref arguments);
    }

    public override void AttentionBackward(
        Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, Tensor dy, bool causal, double scale, Tensor dq, Tensor dk, Tensor dv)
    {
        if (q.DType.IsHalf())
        {
            _widened.AttentionBackward(q, k, v, y, logSumExp, dy, causal, scale, dq, dk, dv);
            return;
        }
        if (logSumExp.Count == 0 || k.Shape[2] == 0)
        {
            Fill(dq, 0);
            Fill(dk, 0);
            Fill(dv, 0);
            return;
        }
        if (!Fits(q, v))
        {
            base.AttentionBackward(q, k, v, y, logSumExp, dy, causal, scale, dq, dk, dv);
            return;
        }
        using MemoryScope scope = MemoryScope.Begin();
        Tensor dots = Tensor.Empty(logSumExp.Shape, q.DType, Device);
        Arguments forDots = new();
        forDots.Heads(y).Heads(dy).Pointer(dots).Value((long)q.Shape[2]).Value((long)v.Shape[3]);
        _engine.Run(new("attention_dots", q.DType), Grid(q, q.Shape[2], 8), (256, 1), ref forDots);

        Arguments forQueries = new();
        forQueries.Heads(q).Heads(k).Heads(v).Heads(dy).Pointer(logSumExp).Pointer(dots).Heads(dq);
        Sizes(ref forQueries, q, k, v, causal, scale);
        _engine.Run(
            new(Narrow(q, v) ? "attention_backward_queries_64" : "attention_backward_queries_128", q.DType),
            Grid(q, q.Shape[2], TileOf(q)), (256, 1), ref forQueries);

        Arguments forKeys = new();
        forKeys.Heads(q).Heads(k).Heads(v).Heads(dy).Pointer(logSumExp).Pointer(dots).Heads(dk).Heads(dv);
        Sizes(ref forKeys, q, k, v, causal, scale);
        _engine.Run(
            new(Narrow(q, v) ? "attention_backward_keys_64" : "attention_backward_keys_128", q.DType),
            Grid(q, k.Shape[2], TileOf(q)), (256, 1), ref forKeys);
    }

    private static bool Fits(Tensor q, Tensor v) => q.Shape[3] <= MostChannels && v.Shape[3] <= MostChannels
        && q.Shape[0] <= CudaEngine.MostBlocks && q.Shape[1] <= CudaEngine.MostBlocks;

    private static bool Narrow(Tensor q, Tensor v) => q.Shape[3] <= MostChannels / 2 && v.Shape[3] <= MostChannels / 2;

    /// <summary>Queries or keys that a block takes at once.</summary>
    private static int TileOf(Tensor q) => q.DType == DType.F32 ? 64 : 32;

    private static (long X, long Y, long Z) Grid(Tensor q, long times, int tile) =>
        (CudaEngine.Blocks(times, tile), q.Shape[1], q.Shape[0]);

    private static void Sizes(ref Arguments arguments, Tensor q, Tensor k, Tensor v, bool causal, double scale) => arguments
        .Value((long)q.Shape[2]).Value((long)k.Shape[2]).Value((long)q.Shape[3]).Value((long)v.Shape[3])
        .Value(causal ? 1 : 0).Number(scale, q.DType);
}
