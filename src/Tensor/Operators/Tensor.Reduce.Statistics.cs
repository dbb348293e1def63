using System.Globalization;

namespace MiniStack;

/// <summary>Reductions of another kind: log-sum-exp, variance, norms.</summary>
public sealed partial class Tensor
{
    /// <summary>ln Σ eˣ over the axes, computed so that nothing overflows; −∞ where every x is −∞.</summary>
    /// <param name="axes">Axes to reduce, −1 for the last; none for all.</param>
    /// <param name="keepDims">Keep the reduced axes with size 1, so that the result broadcasts against this tensor.</param>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    /// <exception cref="ShapeException">There is no such axis, or one is named twice.</exception>
    public Tensor LogSumExp(ReadOnlySpan<int> axes = default, bool keepDims = false)
    {
        CheckFloat(nameof(LogSumExp));
        (Tensor x, Tensor y, Shape shape) = Reduction(axes, keepDims, nameof(LogSumExp));
        Backend.LogSumExp(x, y);
        return y.Reshape(shape);
    }

    /// <summary>Σ (x − mean)² / (n − correction) over the axes; NaN where there are no more numbers than the correction.</summary>
    /// <param name="axes">Axes to reduce, −1 for the last; none for all.</param>
    /// <param name="keepDims">Keep the reduced axes with size 1.</param>
    /// <param name="correction">1 estimates the variance of what the numbers were drawn from (Bessel); 0 is that of the numbers
    /// themselves.</param>
    /// <remarks>In two passes, the mean first: Σ x² − n·mean² would cancel where the mean is large.</remarks>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    /// <exception cref="ShapeException">There is no such axis, or one is named twice.</exception>
    public Tensor Variance(ReadOnlySpan<int> axes = default, bool keepDims = false, double correction = 1)
    {
        CheckFloat(nameof(Variance));
        (Tensor x, Tensor y, Shape shape) = Reduction(axes, keepDims, nameof(Variance));
        Backend.Variance(x, correction, y);
        return y.Reshape(shape);
    }

    /// <summary>√<see cref="Variance"/>.</summary>
    /// <inheritdoc cref="Variance" path="/param|/exception"/>
    public Tensor StandardDeviation(ReadOnlySpan<int> axes = default, bool keepDims = false, double correction = 1)
    {
        CheckFloat(nameof(StandardDeviation));
        CheckAxes(axes, nameof(StandardDeviation));
        // A variance may overflow or vanish where its root does not: it is kept in a wider type.
        if (DType != DType.F64) return To(DType.F64).StandardDeviation(axes, keepDims, correction).To(DType);
        return Variance(axes, keepDims, correction).Sqrt();
    }

    /// <summary>(Σ |x|ᵖ)^(1/p) over the axes; for p = ∞, the largest |x|.</summary>
    /// <param name="p">Above 0: 1 for the sum of magnitudes, 2 for the length of a vector, <see cref="double.PositiveInfinity"/> for the
    /// largest.</param>
    /// <param name="axes">Axes to reduce, −1 for the last; none for all.</param>
    /// <param name="keepDims">Keep the reduced axes with size 1.</param>
    /// <exception cref="ConfigException">p is not above 0.</exception>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    /// <exception cref="ShapeException">There is no such axis, or one is named twice.</exception>
    public Tensor Norm(double p = 2, ReadOnlySpan<int> axes = default, bool keepDims = false)
    {
        CheckFloat(nameof(Norm));
        CheckAxes(axes, nameof(Norm));
        if (!(p > 0))
        {
            throw new ConfigException(
                string.Create(CultureInfo.InvariantCulture, $"Norm: p must be above 0, not {p}. Use 1, 2 or double.PositiveInfinity."));
        }
        if (p == 1) return Abs().Sum(axes, keepDims);
        if (double.IsPositiveInfinity(p)) return Abs().Max(axes, keepDims);
        if (DType.IsHalf()) return To(DType.F32).Norm(p, axes, keepDims).To(DType);
        Tensor magnitudes = Abs();
        if (Count == 0) return magnitudes.Sum(axes, keepDims);
        // Powers of the shares of the largest: those of the elements may overflow or vanish where the norm does not.
        Tensor largest = magnitudes.Max(axes, keepDims: true), limits = largest.ScalarLike(double.PositiveInfinity);
        Tensor unit = Where(largest.Equal(ScalarLike(0)), ScalarLike(1), Where(largest.Equal(limits), ScalarLike(1), largest));
        Tensor shares = magnitudes / unit;
        Tensor norm = p == 2
            ? (shares * shares).Sum(axes, keepDims).Sqrt()
            : shares.Pow(ScalarLike(p)).Sum(axes, keepDims).Pow(ScalarLike(1 / p));
        return norm * unit.Reshape(norm.Shape);
    }

    /// <summary>y[i, j] = this[i]·other[j] of two vectors.</summary>
    /// <exception cref="ShapeException">One of them is not a vector.</exception>
    /// <exception cref="DTypeException">The dtypes differ or are Bool.</exception>
    public Tensor Outer(Tensor other)
    {
        if (Rank != 1 || other.Rank != 1)
        {
            throw new ShapeException(
                $"Outer: both must be vectors. They are {Shape} and {other.Shape}. Flatten() makes a vector; Einsum multiplies batches.");
        }
        CheckSame(this, other, nameof(Outer));
        CheckNumber(nameof(Outer));
        return Unsqueeze(1).Multiply(other.Unsqueeze(0));
    }

    private void CheckAxes(ReadOnlySpan<int> axes, string operation)
    {
        HashSet<int> named = [];
        foreach (int axis in axes)
            if (!named.Add(Shape.Axis(axis, operation))) throw new ShapeException($"{operation}: axis {axis} of {Shape} is named twice.");
    }
}
