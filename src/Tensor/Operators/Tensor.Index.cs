namespace MiniStack;

/// <summary>Picking elements by index, and putting them back.</summary>
public sealed partial class Tensor
{
    /// <summary>
    /// Along one axis, the elements that <paramref name="indices"/> name: y[i, j, k] = x[i, indices[i, j, k], k] for axis 1.
    /// </summary>
    /// <param name="axis">The axis to pick along, −1 for the last.</param>
    /// <param name="indices">I64 or I32, of this tensor's shape but for that axis, which may have any size; on this tensor's device or in
    /// main memory.</param>
    /// <returns>Of the shape of <paramref name="indices"/>.</returns>
    /// <exception cref="ShapeException">There is no such axis, or other axes differ.</exception>
    /// <exception cref="DTypeException">The indices are not I64 or I32.</exception>
    /// <exception cref="IndexException">An index leaves the axis.</exception>
    public Tensor Gather(int axis, Tensor indices)
    {
        axis = CheckAlong(axis, indices, nameof(Gather));
        Tensor picks = indices.Beside(this, nameof(Gather)).Transpose(axis, -1), y = Empty(picks.Shape, DType, Device);
        Backend.Gather(Transpose(axis, -1), picks, y);
        return y.Transpose(axis, -1);
    }

    /// <summary>
    /// A copy to which <paramref name="source"/> is added where <paramref name="indices"/> say: y[i, indices[i, j, k], k] += source[i, j,
    /// k] for axis 1.
    /// </summary>
    /// <param name="axis">The axis to spread along, −1 for the last.</param>
    /// <param name="indices">I64 or I32, of this tensor's shape but for that axis. What is named twice is added twice, in order.</param>
    /// <param name="source">Of the shape of <paramref name="indices"/>.</param>
    /// <exception cref="ShapeException">There is no such axis, or the shapes do not fit.</exception>
    /// <exception cref="DTypeException">The indices are not I64 or I32, or this and the source differ in dtype or are Bool.</exception>
    /// <exception cref="IndexException">An index leaves the axis.</exception>
    public Tensor ScatterAdd(int axis, Tensor indices, Tensor source)
    {
        CheckNumber(nameof(ScatterAdd));
        CheckSame(this, source, nameof(ScatterAdd));
        axis = CheckAlong(axis, indices, nameof(ScatterAdd));
        if (source.Shape != indices.Shape)
        {
            throw new ShapeException(
                $"ScatterAdd: the source is {source.Shape} and the indices are {indices.Shape}: give one element for each index.");
        }
        Tensor y = Transpose(axis, -1).Clone();
        y.Backend.ScatterAdd(indices.Beside(this, nameof(ScatterAdd)).Transpose(axis, -1), source.Transpose(axis, -1), y, accumulate: true);
        return y.Transpose(axis, -1);
    }

    /// <summary>Whole slices of one axis, picked by index: rows of a matrix for axis 0.</summary>
    /// <param name="axis">The axis to pick along, −1 for the last.</param>
    /// <param name="indices">[count], I64 or I32, on this tensor's device or in main memory.</param>
    /// <returns>This tensor's shape with <c>count</c> in that axis.</returns>
    /// <exception cref="ShapeException">There is no such axis, or the indices have another rank.</exception>
    /// <exception cref="DTypeException">The indices are not I64 or I32.</exception>
    /// <exception cref="IndexException">An index leaves the axis.</exception>
    public Tensor IndexSelect(int axis, Tensor indices)
    {
        axis = Shape.Axis(axis, nameof(IndexSelect));
        CheckIndices(indices, nameof(IndexSelect));
        if (indices.Rank != 1) throw new ShapeException($"IndexSelect: the indices must be [count], not {indices.Shape}. Flatten() them.");
        CheckInside(indices, Shape[axis], nameof(IndexSelect), "index", $"slices in axis {axis}");
        if (Count == 0) return Empty(Shape.With(axis, indices.Shape[0]), DType, Device);
        Tensor first = Transpose(0, axis); // slices of the first axis are rows of a table
        Tensor rows = first.Reshape(first.Shape[0], -1).Embedding(indices);
        return rows.Reshape(first.Shape.With(0, indices.Shape[0])).Transpose(0, axis);
    }

    /// <summary>Each class number as a row of zeros with a one in its place.</summary>
    /// <param name="classes">Number of classes.</param>
    /// <param name="dtype">Of the result.</param>
    /// <returns>[…, classes] for this tensor […] of I64 or I32.</returns>
    /// <exception cref="DTypeException">This tensor is not I64 or I32.</exception>
    /// <exception cref="IndexException">A number is not a class.</exception>
    /// <exception cref="ConfigException">The number of classes is negative.</exception>
    public Tensor OneHot(int classes, DType dtype = DType.F32)
    {
        CheckIndices(this, nameof(OneHot));
        if (classes < 0) throw new ConfigException($"OneHot: the number of classes must be at least 0, not {classes}.");
        CheckRoom(Shape.Append(classes), nameof(OneHot));
        if (Count == 0) return Empty(Shape.Append(classes), dtype, Device);
        CheckInside(this, classes, nameof(OneHot), "class", "classes");
        return Unsqueeze(-1).Equal(Arange(classes, DType, Device)).To(dtype);
    }

    /// <summary>Elements where <paramref name="mask"/> is true become <paramref name="value"/>.</summary>
    /// <param name="mask">Bool, of a shape that broadcasts with this one.</param>
    /// <param name="value">The number to write.</param>
    /// <exception cref="DTypeException">The mask is not Bool, or this dtype cannot hold the value.</exception>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor MaskedFill(Tensor mask, double value)
    {
        if (mask.DType != DType.Bool)
            throw new DTypeException($"MaskedFill: the mask must be Bool, not {mask.DType}. Compare first, for example with Greater.");
        return Where(mask, ScalarOf(value, DType, Device, nameof(MaskedFill)), this);
    }

    /// <summary>The lower triangle of each matrix; elements above diagonal number <paramref name="diagonal"/> become 0.</summary>
    /// <param name="diagonal">0 for the main diagonal, above it positive, below it negative.</param>
    /// <exception cref="ShapeException">There are fewer than two axes.</exception>
    public Tensor Tril(int diagonal = 0) => MaskedFill(Below(diagonal, nameof(Tril)).Not(), 0);

    /// <summary>The upper triangle of each matrix; elements below diagonal number <paramref name="diagonal"/> become 0.</summary>
    /// <inheritdoc cref="Tril" path="/param|/exception"/>
    public Tensor Triu(int diagonal = 0) => MaskedFill(Below(diagonal - 1L, nameof(Triu)), 0);

    /// <summary>Index (I64) of the first smallest element along one axis; a NaN counts as smallest.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is empty.</exception>
    /// <exception cref="DTypeException">The dtype is Bool.</exception>
    public Tensor ArgMin(int axis = -1)
    {
        CheckNumber(nameof(ArgMin));
        axis = Shape.Axis(axis, nameof(ArgMin));
        if (Shape[axis] == 0 && Shape.With(axis, 1).Count > 0)
            throw new ShapeException("ArgMin: there is no element to choose from; the reduced axes are empty.");
        if (DType.IsFloat()) return Negate().ArgMax(axis);
        // −1 − x turns the order around and, unlike −x, never overflows.
        Tensor signed = DType.IsUnsigned() ? To(DType.I32) : this;
        return signed.ScalarLike(-1).Subtract(signed).ArgMax(axis);
    }

    /// <summary>True where column − row ≤ diagonal.</summary>
    private Tensor Below(long diagonal, string operation)
    {
        if (Rank < 2) throw new ShapeException($"{operation}: a triangle needs at least two axes, and this tensor is {Shape}.");
        Tensor rows = Arange(Shape[^2], DType.I64, Device).Unsqueeze(-1), columns = Arange(Shape[^1], DType.I64, Device);
        return columns.LessOrEqual(rows + Scalar(diagonal, DType.I64, Device));
    }

    private int CheckAlong(int axis, Tensor indices, string operation)
    {
        axis = Shape.Axis(axis, operation);
        CheckIndices(indices, operation);
        if (indices.Rank != Rank || indices.Shape.With(axis, 0) != Shape.With(axis, 0))
        {
            throw new ShapeException(
                $"{operation}: x is {Shape} and the indices are {indices.Shape}: they must agree on every axis but axis {axis}.");
        }
        CheckInside(indices, Shape[axis], operation, "index", $"elements in axis {axis}");
        return axis;
    }

    /// <summary>Rows of this table [rows, channels] picked by index: the embedding look-up.</summary>
    /// <param name="indices">Row numbers, I64 or I32, of any shape, on this tensor's device or in main memory.</param>
    /// <returns>[…indices, channels].</returns>
    /// <exception cref="ShapeException">This is not a matrix.</exception>
    /// <exception cref="IndexException">An index is not a row.</exception>
    public Tensor Embedding(Tensor indices)
    {
        CheckIndices(indices, nameof(Embedding));
        if (Rank != 2) throw new ShapeException($"Embedding: the table must be [rows, channels], not {Shape}.");
        CheckInside(indices, Shape[0], nameof(Embedding), "index", "rows");
        Tensor y = Empty(indices.Shape.Append(Shape[1]), DType, Device);
        Backend.Embedding(this, indices.Beside(this, nameof(Embedding)), y);
        return y;
    }
}
