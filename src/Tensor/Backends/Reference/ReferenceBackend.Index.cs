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
}
