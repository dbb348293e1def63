namespace MiniStack;

internal sealed partial class ProfilingBackend
{
    // A product and a sum for each input, along the columns and then along the rows.
    public override void Resample2d(Tensor x, Resampling rows, Resampling columns, Tensor y) { using (Watch(2.0 * x.Count + 2.0 * y.Count, [x, y])) inner.Resample2d(x, rows, columns, y); }
    public override void MaxPool2d(Tensor x, Resampling rows, Resampling columns, Tensor y, Tensor? indices) { using (Watch(1.0 * x.Count, [x, y, indices])) inner.MaxPool2d(x, rows, columns, y, indices); }
}
