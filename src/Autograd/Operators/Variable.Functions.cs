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

    private sealed class TanNode(Variable x, Tensor y) : ResultNode(x, y)
    {
        // y = tan x  ⇒  dx = dy·(1 + y²)
        public override void Backward(Variable dy) => X.AddGrad(dy * (1 + Result * Result));
    }

    /// <summary>arcsin x; NaN outside [−1, 1].</summary>
    public Variable Asin() => Record(Value.Asin(), new AsinNode(this));

    private sealed class AsinNode(Variable x) : GradNode(x)
    {
        // dx = dy / √(1 − x²)
        public override void Backward(Variable dy) => x.AddGrad(dy / ((1 - x) * (1 + x)).Sqrt());
    }

    /// <summary>arccos x; NaN outside [−1, 1].</summary>
    public Variable Acos() => Record(Value.Acos(), new AcosNode(this));

    private sealed class AcosNode(Variable x) : GradNode(x)
    {
        // dx = −dy / √(1 − x²)
        public override void Backward(Variable dy) => x.AddGrad(-(dy / ((1 - x) * (1 + x)).Sqrt()));
    }

    /// <summary>arctan x.</summary>
    public Variable Atan() => Record(Value.Atan(), new AtanNode(this));

    private sealed class AtanNode(Variable x) : GradNode(x)
    {
        // dx = dy / (1 + x²)
        public override void Backward(Variable dy) => x.AddGrad(dy / (1 + x * x));
    }

    /// <summary>sinh x.</summary>
    public Variable Sinh() => Record(Value.Sinh(), new SinhNode(this));

    private sealed class SinhNode(Variable x) : GradNode(x)
    {
        // dx = dy·cosh x
        public override void Backward(Variable dy) => x.AddGrad(dy * x.Cosh());
    }

    /// <summary>cosh x.</summary>
    public Variable Cosh() => Record(Value.Cosh(), new CoshNode(this));

    private sealed class CoshNode(Variable x) : GradNode(x)
    {
        // dx = dy·sinh x
        public override void Backward(Variable dy) => x.AddGrad(dy * x.Sinh());
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
            Tensor value = x.Value, inside = value.GreaterOrEqual(value.ScalarLike(low)).To(value.DType) * value.LessOrEqual(value.ScalarLike(high)).To(value.DType);
            x.AddGrad(dy * new Variable(inside));
        }
    }
}
