namespace MiniStack;

internal abstract partial class Backend
{
    // Images: the last two axes are rows and columns, of which the resamplings say what becomes.

    /// <summary>y[…, i, j] = Σ rows[i, h]·columns[j, w]·x[…, h, w].</summary>
    public abstract void Resample2d(Tensor x, Resampling rows, Resampling columns, Tensor y);

    /// <summary>
    /// y[…, i, j] = the largest x among the inputs of row i and column j, NaN if any is; indices (I32) = where it lies, h·width + w:
    /// the first of equal ones, the last NaN.
    /// </summary>
    public abstract void MaxPool2d(Tensor x, Resampling rows, Resampling columns, Tensor y, Tensor? indices);
}
