namespace MiniStack;

internal partial class ReferenceBackend
{
    /// <inheritdoc/>
    public override void Resample2d(Tensor x, Resampling rows, Resampling columns, Tensor y)
    {
        Cells from = new(x), to = new(y);
        for (long at = 0; at < to.Count; at++)
        {
            (long row, long column) = Math.DivRem(at, columns.Outputs);
            (long image, row) = Math.DivRem(row, rows.Outputs);
            (int top, double[] rowWeights) = rows[(int)row];
            (int left, double[] columnWeights) = columns[(int)column];
            double sum = 0;
            for (int h = 0; h < rowWeights.Length; h++)
            {
                for (int w = 0; w < columnWeights.Length; w++)
                    sum += rowWeights[h] * columnWeights[w] * from[(image * rows.Inputs + top + h) * columns.Inputs + left + w];
            }
            to[at] = sum;
        }
    }

    /// <inheritdoc/>
    public override void MaxPool2d(Tensor x, Resampling rows, Resampling columns, Tensor y, Tensor? indices)
    {
        Cells from = new(x), to = new(y), places = indices is null ? default : new(indices);
        for (long at = 0; at < to.Count; at++)
        {
            (long row, long column) = Math.DivRem(at, columns.Outputs);
            (long image, row) = Math.DivRem(row, rows.Outputs);
            (int top, double[] rowWeights) = rows[(int)row];
            (int left, double[] columnWeights) = columns[(int)column];
            long first = image * rows.Inputs * columns.Inputs, best = (long)top * columns.Inputs + left;
            for (int h = top; h < top + rowWeights.Length; h++)
            {
                for (int w = left; w < left + columnWeights.Length; w++)
                {
                    long place = (long)h * columns.Inputs + w;
                    if (from[first + place] > from[first + best] || double.IsNaN(from[first + place])) best = place;
                }
            }
            to[at] = from[first + best];
            if (indices is not null) places.SetInteger(at, best);
        }
    }
}
