namespace MiniStack;

/// <summary>More functions of one number, element by element.</summary>
public partial class Variable
{
    /// <summary>tan x.</summary>
    public Variable Tan()
    {
        Tensor y = Value.Tan();
        return Record(y, new TanNode(this, y));
    }

    private sealed class TanNode(Variable x, Tensor y) : ResultNode(x, y, savesHalves: true)
    {
        // y = tan x  ⇒  dx = dy·(1 + y²)
        public override void Backward(Variable dy)
        {
            Variable y = X.IsHalf ? X.Wide().Tan() : Result;
            X.AddWideGrad(dy.Wide() * (1 + y * y));
        }
    }

    /// <summary>arcsin x; NaN outside [−1, 1].</summary>
    public Variable Asin() => Record(Value.Asin(), new AsinNode(this));

    private sealed class AsinNode(Variable x) : GradNode(x)
    {
        // dx = dy / √(1 − x²)
        public override void Backward(Variable dy) => x.AddWideGrad(dy.Wide() / Leg(x.Wide()));
    }

    /// <summary>arccos x; NaN outside [−1, 1].</summary>
    public Variable Acos() => Record(Value.Acos(), new AcosNode(this));

    private sealed class AcosNode(Variable x) : GradNode(x)
    {
        // dx = −dy / √(1 − x²)
        public override void Backward(Variable dy) => x.AddWideGrad(-(dy.Wide() / Leg(x.Wide())));
    }

    /// <summary>√(1 − x²), whose square would lose what is left of x near 1.</summary>
    private static Variable Leg(Variable x) => ((1 - x) * (1 + x)).Sqrt();

    /// <summary>arctan x.</summary>
    public Variable Atan() => Record(Value.Atan(), new AtanNode(this));

    private sealed class AtanNode(Variable x) : GradNode(x)
    {
        // dx = dy / (1 + x²), which for large x is dy·r²/(1 + r²) with r = 1/x: x² would overflow
        public override void Backward(Variable dy)
        {
            Variable at = x.Wide(), one = at.ScalarLike(1);
            Tensor isLarge = at.Value.Abs().Greater(one.Value);
            Variable inverse = 1 / Where(isLarge, at, one), small = Where(isLarge, inverse, at);
            Variable factor = Where(isLarge, inverse, one);
            x.AddWideGrad(dy.Wide() * factor / (1 + small * small) * factor);
        }
    }

    /// <summary>sinh x.</summary>
    public Variable Sinh() => Record(Value.Sinh(), new SinhNode(this));

    private sealed class SinhNode(Variable x) : GradNode(x)
    {
        // dx = dy·cosh x
        public override void Backward(Variable dy) => x.AddWideGrad(dy.Wide() * x.Wide().Cosh());
    }

    /// <summary>cosh x.</summary>
    public Variable Cosh() => Record(Value.Cosh(), new CoshNode(this));

    private sealed class CoshNode(Variable x) : GradNode(x)
    {
        // dx = dy·sinh x
        public override void Backward(Variable dy) => x.AddWideGrad(dy.Wide() * x.Wide().Sinh());
    }

    /// <summary>The largest whole number that is not above x. A constant: its slope is 0 wherever it has one.</summary>
    public Variable Floor() => Value.Floor();

    /// <summary>The smallest whole number that is not below x. A constant: its slope is 0 wherever it has one.</summary>
    public Variable Ceiling() => Value.Ceiling();

    /// <summary>The nearest whole number; halves go to the even one. A constant: its slope is 0 wherever it has one.</summary>
    public Variable Round() => Value.Round();

    /// <summary>−1, 0 or 1 as x is below, at or above 0. A constant: its slope is 0 wherever it has one.</summary>
    public Variable Sign() => Value.Sign();

    /// <summary>x, but at least <paramref name="low"/> and at most <paramref name="high"/>; see <see cref="Tensor.Clamp"/>.</summary>
    public Variable Clamp(double low = double.NegativeInfinity, double high = double.PositiveInfinity) =>
        Record(Value.Clamp(low, high), new ClampNode(this, low, high));

    private sealed class ClampNode(Variable x, double low, double high) : GradNode(x)
    {
        // dx = dy where low ≤ x ≤ high, the bounds included as in PyTorch, and 0 outside
        public override void Backward(Variable dy)
        {
            Tensor value = x.Value, inside = value.GreaterOrEqual(value.ScalarLike(low));
            inside = Tensor.Where(inside, value.LessOrEqual(value.ScalarLike(high)), inside);
            x.AddGrad(Where(inside, dy, dy.ScalarLike(0)));
        }
    }
}
