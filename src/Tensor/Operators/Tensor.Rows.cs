namespace MiniStack;

/// <summary>Operators that look at a whole row: softmax, layer norm, cross-entropy.</summary>
public sealed partial class Tensor
{
    /// <summary>eˣ / Σ eˣ along one axis; the largest x is subtracted first, so it does not overflow.</summary>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public Tensor Softmax(int axis = -1)
    {
        CheckFloat(nameof(Softmax));
        axis = Shape.Axis(axis, nameof(Softmax));
        if (axis != Rank - 1) return Transpose(axis, -1).Softmax().Transpose(axis, -1);
        Tensor y = EmptyLike();
        Backend.Softmax(this, y);
        return y;
    }

    /// <summary>x − ln Σ eˣ along one axis: the logarithm of <see cref="Softmax"/>, without its underflow.</summary>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public Tensor LogSoftmax(int axis = -1)
    {
        CheckFloat(nameof(LogSoftmax));
        axis = Shape.Axis(axis, nameof(LogSoftmax));
        if (axis != Rank - 1) return Transpose(axis, -1).LogSoftmax().Transpose(axis, -1);
        Tensor y = EmptyLike();
        Backend.LogSoftmax(this, y);
        return y;
    }

    private static void CheckInside(Tensor indices, int limit, string operation, string what, string of)
    {
        if (indices.Backend.FindOutside(indices, limit) is { } wrong)
        {
            throw new IndexException(
                $"{operation}: {what} {wrong} is outside 0 to {limit - 1}; there are {limit} {of}.");
        }
    }
}
