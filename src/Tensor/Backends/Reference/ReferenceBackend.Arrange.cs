namespace MiniStack;

internal partial class ReferenceBackend
{
    /// <inheritdoc/>
    public override void Copy(Tensor source, Tensor destination)
    {
        Cells from = new(source), to = new(destination);
        bool whole = !source.DType.IsFloat() && !destination.DType.IsFloat();
        for (long i = 0; i < to.Count; i++)
        {
            if (whole) to.SetInteger(i, from.Integer(i));
            else to[i] = from[i];
        }
    }

    /// <inheritdoc/>
    public override void Fill(Tensor destination, double value)
    {
        Cells to = new(destination);
        for (long i = 0; i < to.Count; i++) to[i] = value;
    }
}
