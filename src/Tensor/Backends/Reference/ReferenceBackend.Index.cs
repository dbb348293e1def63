namespace MiniStack;

internal partial class ReferenceBackend
{
    /// <inheritdoc/>
    public override void Gather(Tensor x, Tensor indices, Tensor y)
    {
        Cells from = new(x), picks = new(indices), to = new(y);
        int length = x.Shape[^1], count = indices.Shape[^1];
        for (long i = 0; i < to.Count; i++)
        {
            long at = i / count * length + picks.Integer(i);
            if (y.DType.IsFloat()) to[i] = from[at];
            else to.SetInteger(i, from.Integer(at));
        }
    }

    /// <inheritdoc/>
    public override void ScatterAdd(Tensor indices, Tensor source, Tensor y, bool accumulate)
    {
        Cells picks = new(indices), from = new(source), to = new(y);
        if (!accumulate) Fill(y, 0);
        int length = y.Shape[^1], count = indices.Shape[^1];
        double[] sums = new double[y.DType.IsFloat() ? to.Count : 0];
        for (long i = 0; i < sums.Length; i++) sums[i] = to[i];
        for (long i = 0; i < picks.Count; i++)
        {
            long at = i / count * length + picks.Integer(i);
            if (y.DType.IsFloat()) sums[at] += from[i];
            else to.SetInteger(at, to.Integer(at) + from.Integer(i));
        }
        for (long i = 0; i < sums.Length; i++) to[i] = sums[i];
    }

    /// <inheritdoc/>
    public override long? FindOutside(Tensor indices, long limit)
    {
        Cells cells = new(indices);
        for (long i = 0; i < cells.Count; i++)
            if ((ulong)cells.Integer(i) >= (ulong)limit) return cells.Integer(i);
        return null;
    }

    /// <inheritdoc/>
    public override void Embedding(Tensor table, Tensor indices, Tensor y)
    {
        Cells rows = new(table), picks = new(indices), to = new(y);
        int channels = table.Shape[1];
        for (long i = 0; i < picks.Count; i++)
            for (int c = 0; c < channels; c++) to[i * channels + c] = rows[picks.Integer(i) * channels + c];
    }

    /// <inheritdoc/>
    public override void EmbeddingBackward(Tensor indices, Tensor dy, Tensor dtable)
    {
        Cells picks = new(indices), from = new(dy), to = new(dtable);
        int channels = dtable.Shape[1];
        double[] sums = new double[to.Count];
        for (long i = 0; i < picks.Count; i++)
            for (int c = 0; c < channels; c++) sums[picks.Integer(i) * channels + c] += from[i * channels + c];
        for (long i = 0; i < to.Count; i++) to[i] = sums[i];
    }
}
