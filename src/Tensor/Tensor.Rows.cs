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

    /// <summary>(x − mean) / √(variance + ε) · weight + bias over the last axis.</summary>
    /// <remarks>Ba et al. 2016, arXiv:1607.06450. The variance is that of the row, divided by its length.</remarks>
    /// <exception cref="ShapeException">weight or bias are not [channels].</exception>
    public Tensor LayerNorm(Tensor weight, Tensor? bias = null, double epsilon = 1e-5) =>
        LayerNorm(weight, bias, epsilon, out _, out _);

    /// <summary>As <see cref="LayerNorm(Tensor, Tensor?, double)"/>, with what its gradient needs: each row's mean and 1/√(variance + ε).</summary>
    public Tensor LayerNorm(Tensor weight, Tensor? bias, double epsilon, out Tensor mean, out Tensor rstd)
    {
        CheckNorm(weight, bias, nameof(LayerNorm), "weight and bias");
        Tensor y = EmptyLike();
        mean = Empty(Shape[..^1], DType.Wide(), Device);
        rstd = Empty(mean.Shape, mean.DType, Device);
        Backend.LayerNorm(this, weight, bias, epsilon, y, mean, rstd);
        return y;
    }

    /// <summary>x / √(average of x² + ε) · weight over the last axis: layer norm without mean and shift.</summary>
    /// <remarks>Zhang and Sennrich 2019, arXiv:1910.07467.</remarks>
    /// <exception cref="ShapeException">weight is not [channels].</exception>
    public Tensor RmsNorm(Tensor weight, double epsilon = 1e-6) => RmsNorm(weight, epsilon, out _);

    /// <summary>As <see cref="RmsNorm(Tensor, double)"/>, with what its gradient needs: each row's 1/√(average of x² + ε).</summary>
    public Tensor RmsNorm(Tensor weight, double epsilon, out Tensor rstd)
    {
        CheckNorm(weight, bias: null, nameof(RmsNorm), "weight");
        Tensor y = EmptyLike();
        rstd = Empty(Shape[..^1], DType.Wide(), Device);
        Backend.RmsNorm(this, weight, epsilon, y, rstd);
        return y;
    }

    /// <summary>−ln softmax(logits)[target] for each row, in nats.</summary>
    /// <param name="targets">Classes, I64 or I32, with this tensor's shape but for the last axis, on its device or in main memory.</param>
    /// <param name="logSumExp">ln Σ e^logits of each row, which the gradient needs.</param>
    /// <returns>One loss a row, the shape of <paramref name="targets"/>; F32 for logits in F16 and BF16.</returns>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    /// <exception cref="IndexException">A target is not a class.</exception>
    public Tensor CrossEntropy(Tensor targets, out Tensor logSumExp)
    {
        CheckFloat(nameof(CrossEntropy));
        CheckIndices(targets, nameof(CrossEntropy));
        if (Rank == 0 || targets.Shape != Shape[..^1])
        {
            throw new ShapeException(
                $"CrossEntropy: logits are {Shape} and targets {targets.Shape}: targets must have the shape of the logits without the last axis.");
        }
        int classes = Shape[^1];
        CheckInside(targets, classes, nameof(CrossEntropy), "target", "classes");
        Tensor losses = Empty(targets.Shape, DType.Wide(), Device);
        logSumExp = Empty(targets.Shape, DType.Wide(), Device);
        Backend.CrossEntropy(
            Reshape([Shape.ToSize(targets.Count, nameof(CrossEntropy)), classes]), targets.Beside(this, nameof(CrossEntropy)).Flatten(), losses.Flatten(), logSumExp.Flatten());
        return losses;
    }

    private void CheckNorm(Tensor weight, Tensor? bias, string operation, string parameters)
    {
        CheckFloat(operation);
        CheckSame(this, weight, operation);
        if (bias is not null) CheckSame(this, bias, operation);
        if (Rank == 0 || weight.Shape != [Shape[^1]] || (bias is not null && bias.Shape != weight.Shape))
        {
            throw new ShapeException(
                $"{operation}: x is {Shape}, weight is {weight.Shape}{(bias is null ? "" : $", bias is {bias.Shape}")}: " +
                $"{parameters} must have one element for each channel of x's last axis.");
        }
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
