namespace MiniStack;

/// <summary>What several operators make of 16-bit numbers is computed in F32 and rounded once, at the end.</summary>
/// <remarks>Between them, 300² would overflow, and the square of 10⁻⁵ vanish.</remarks>
public partial class Variable
{
    private bool IsHalf => Value.DType.IsHalf();

    /// <summary>The same numbers in F32 where they have 16 bits; otherwise this.</summary>
    private Variable Wide() => To(Value.DType.Wide());

    /// <summary>Adds a gradient of <see cref="Wide"/> numbers: axes that were broadcast are summed first, and then it is rounded.</summary>
    private void AddWideGrad(Variable gradient)
    {
        if (NeedsGrad) AddGrad(gradient.SumTo(Shape).To(Value.DType));
    }

    /// <summary>Adds dy·factor: of 16-bit numbers, a sum over broadcast axes comes before the rounding.</summary>
    private void AddGradTimes(Variable dy, Variable factor)
    {
        if (dy.Shape == Shape) AddGrad(dy.Multiply(factor)); // rounded once anyway
        else AddWideGrad(dy.Wide().Multiply(factor.Wide()));
    }

    /// <summary>weight·x, but 0 where the weight is 0 and x infinite: what does not happen costs nothing.</summary>
    private static Variable Weighted(Variable weight, Variable x)
    {
        Tensor infinite = x.Value.Abs().Equal(x.Value.ScalarLike(double.PositiveInfinity));
        Tensor nothing = Tensor.Where(infinite, weight.Value.Equal(weight.Value.ScalarLike(0)), infinite);
        return Where(nothing, x.ScalarLike(0), weight * x);
    }
}
