namespace MiniStack.Cuda;

internal sealed partial class CudaBackend
{
    public override void Embedding(Tensor table, Tensor indices, Tensor y)
    {
        if (y.Count == 0) return;
        Arguments arguments = new();
        arguments.Pointer(table).Value(table.Strides[0]).Value(table.Strides[1]).Operand(indices).Pointer(y)
            .Value(indices.Count).Value((long)table.Shape[1]);
        _engine.RunFlat(new("embedding", MovedAs(table.DType), indices.DType), y.Count, ref arguments);
    }

    public override void EmbeddingBackward(Tensor indices, Tensor dy, Tensor dtable)
    {
        if (dy.DType.IsHalf())
        {
            _widened.EmbeddingBackward(indices, dy, dtable);
            return;
        }
        Fill(dtable, 0);
        if (dy.Count == 0) return;
        long channels = dtable.Shape[1];
        Arguments arguments = new();
        arguments.Operand(indices).Rows(dy).Pointer(dtable).Value(indices.Count).Value(channels);
        _engine.Run(
            new("embedding_backward", dy.DType, indices.DType), (indices.Count, CudaEngine.Blocks(channels, 256), 1), (256, 1),
            ref arguments);
    }

    public override long? FindOutside(Tensor indices, long limit)
    {
        if (indices.Count == 0) return null;
        using MemoryScope scope = MemoryScope.Begin();
        Tensor found = Tensor.Empty([2], DType.I64, Device);
        Arguments arguments = new();
        arguments.Operand(indices).Value(indices.Count).Value(limit).Pointer(found);
        _engine.Run(new("find_outside", indices.DType), (1, 1, 1), (256, 1), ref arguments);
        return found.ToArray<long>() is [>= 0, var wrong] ? wrong : null;
    }
}
