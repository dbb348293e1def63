namespace MiniStack;

public sealed partial class Tensor
{
    /// <summary>Matrix product over the last two axes; the axes before them broadcast.</summary>
    /// <param name="other">[…, k, n].</param>
    /// <returns>[…, m, n] for this tensor [..., m, k].</returns>
    /// <exception cref="ShapeException">A rank is below 2, the inner sizes differ, or the leading axes do not broadcast.</exception>
    public Tensor MatMul(Tensor other)
    {
        Tensor a = this, b = other;
        CheckSame(a, b, nameof(MatMul));
        CheckNumber(nameof(MatMul));
        if (a.Rank < 2 || b.Rank < 2)
        {
            throw new ShapeException(
                $"MatMul: both need at least two axes. a is {a.Shape}, b is {b.Shape}. Make a vector a matrix with Unsqueeze.");
        }
        if (a.Shape[^1] != b.Shape[^2])
        {
            throw new ShapeException(
                $"MatMul: inner sizes differ. a is {a.Shape}, b is {b.Shape}: a's last axis ({a.Shape[^1]}) must equal " +
                $"b's second-to-last ({b.Shape[^2]}).{(a.Shape[^1] == b.Shape[^1] ? " Did you mean b.Transpose()?" : "")}");
        }
        int rows = a.Shape[^2], columns = b.Shape[^1];
        if (b.Rank == 2 && a.Rank > 2)
        {
            // One tall product instead of many small ones.
            Tensor tall = a.Reshape(Shape.ToSize(a.Count / Math.Max(a.Shape[^1], 1), nameof(MatMul)), a.Shape[^1]);
            if (a.Shape[^1] > 0) return tall.MatMul(b).Reshape(a.Shape[..^1].Append(columns));
        }
        Shape batch = Shape.Broadcast(a.Shape[..^2], b.Shape[..^2], nameof(MatMul));
        Tensor c = Empty(batch.Append(rows, columns), DType, Device);
        if (batch.Rank > 0) (a, b) = (a.Expand(batch.Append(rows, a.Shape[^1])), b.Expand(batch.Append(b.Shape[^2], columns)));
        Backend.MatMul(a, b, c, accumulate: false);
        return c;
    }

    /// <summary>y = x·weightᵀ + bias over the last axis.</summary>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null for none.</param>
    /// <returns>[…, outputs] for this tensor […, inputs].</returns>
    /// <exception cref="ShapeException">The sizes do not fit together.</exception>
    public Tensor Linear(Tensor weight, Tensor? bias = null)
    {
        Tensor y = EmptyLinear(weight, bias, nameof(Linear));
        Backend.Linear(AsRows(), weight, bias, y.AsRows());
        return y;
    }

    /// <summary>Memory for the result of <see cref="Linear"/> and its like, once all shapes fit.</summary>
    internal Tensor EmptyLinear(Tensor weight, Tensor? bias, string operation)
    {
        CheckSame(this, weight, operation);
        CheckFloat(operation);
        if (weight.Rank != 2 || Rank == 0 || Shape[^1] != weight.Shape[^1])
        {
            throw new ShapeException(
                $"{operation}: x is {Shape} and weight is {weight.Shape}: " +
                "weight must be [outputs, inputs], with inputs equal to x's last axis.");
        }
        int outputs = weight.Shape[0];
        if (bias is not null)
        {
            CheckSame(this, bias, operation);
            if (bias.Shape != [outputs])
                throw new ShapeException($"{operation}: bias is {bias.Shape}; it must be ({outputs}), one for each output.");
        }
        return Empty(Shape.With(Rank - 1, outputs), DType, Device);
    }

    /// <summary>A matrix of all rows of the last axis.</summary>
    internal Tensor AsRows() => Reshape(Shape.ToSize(Shape[..^1].Count, nameof(Linear)), Shape[^1]);
}
