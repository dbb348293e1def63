namespace MiniStack;

/// <summary>Arithmetic, element by element; shapes broadcast as in <see cref="Tensor"/>.</summary>
public partial class Variable
{
    /// <summary>this + other.</summary>
    public Variable Add(Variable other) => Record(Value.Add(other.Value), new AddNode(this, other));

    private sealed class AddNode(Variable a, Variable b) : GradNode(savesInputs: false, a, b)
    {
        // y = a + b  ⇒  da = dy,  db = dy
        public override void Backward(Variable dy)
        {
            a.AddGrad(dy);
            b.AddGrad(dy);
        }
    }

    /// <summary>this − other.</summary>
    public Variable Subtract(Variable other) => Record(Value.Subtract(other.Value), new SubtractNode(this, other));

    private sealed class SubtractNode(Variable a, Variable b) : GradNode(savesInputs: false, a, b)
    {
        // y = a − b  ⇒  da = dy,  db = −dy
        public override void Backward(Variable dy)
        {
            a.AddGrad(dy);
            if (b.NeedsGrad) b.AddGrad(dy.Negate());
        }
    }

    /// <summary>this · other, element by element.</summary>
    public Variable Multiply(Variable other) => Record(Value.Multiply(other.Value), new MultiplyNode(this, other));

    private sealed class MultiplyNode(Variable a, Variable b) : GradNode(a, b)
    {
        // y = a·b  ⇒  da = dy·b,  db = dy·a
        public override void Backward(Variable dy)
        {
            if (a.NeedsGrad) a.AddGradTimes(dy, b);
            if (b.NeedsGrad) b.AddGradTimes(dy, a);
        }
    }

    /// <summary>this / other.</summary>
    public Variable Divide(Variable other) => Record(Value.Divide(other.Value), new DivideNode(this, other));

    private sealed class DivideNode(Variable a, Variable b) : GradNode(a, b)
    {
        // y = a/b  ⇒  da = dy/b,  db = −da·a/b: neither b² nor dy·a, which may overflow or vanish where the gradients do not
        public override void Backward(Variable dy)
        {
            Variable divisor = b.Wide(), da = dy.Wide().Divide(divisor);
            a.AddWideGrad(da);
            if (b.NeedsGrad) b.AddWideGrad(da.Multiply(a.Wide().Divide(divisor)).Negate());
        }
    }

    /// <summary>this to the power of other.</summary>
    public Variable Pow(Variable other) => Record(Value.Pow(other.Value), new PowNode(this, other));

    private sealed class PowNode(Variable a, Variable b) : GradNode(a, b)
    {
        // y = aᵇ  ⇒  da = dy·b·aᵇ⁻¹,  db = dy·aᵇ·ln a
        public override void Backward(Variable dy)
        {
            Variable slope = dy.Wide(), power = a.Wide(), exponent = b.Wide(), zero = slope.ScalarLike(0);
            // a⁰ is 1, and 0ᵇ is 0 or 1 for b ≥ 0: no slope. The formulas would say 0·∞ there.
            if (a.NeedsGrad)
                a.AddWideGrad(Where(exponent.Value.Equal(zero.Value), zero, slope.Multiply(exponent).Multiply(power.Pow(exponent - 1))));
            if (!b.NeedsGrad) return;
            Tensor flat = power.Value.Equal(zero.Value);
            flat = Tensor.Where(flat, exponent.Value.GreaterOrEqual(zero.Value), flat);
            b.AddWideGrad(Where(flat, zero, slope.Multiply(power.Pow(exponent)).Multiply(power.Log())));
        }
    }

    /// <summary>The larger of both.</summary>
    public Variable Maximum(Variable other) => Record(Value.Maximum(other.Value), new MaximumNode(this, other));

    private sealed class MaximumNode(Variable a, Variable b) : GradNode(a, b)
    {
        // The larger one gets the gradient; equal ones half each, as in PyTorch.
        public override void Backward(Variable dy)
        {
            if (a.NeedsGrad) a.AddGrad(Share(dy, a.Value.Less(b.Value), a.Value.Equal(b.Value)));
            if (b.NeedsGrad) b.AddGrad(Share(dy, b.Value.Less(a.Value), a.Value.Equal(b.Value)));
        }
    }

    /// <summary>The smaller of both.</summary>
    public Variable Minimum(Variable other) => Record(Value.Minimum(other.Value), new MinimumNode(this, other));

    private sealed class MinimumNode(Variable a, Variable b) : GradNode(a, b)
    {
        // The smaller one gets the gradient; equal ones half each, as in PyTorch.
        public override void Backward(Variable dy)
        {
            if (a.NeedsGrad) a.AddGrad(Share(dy, b.Value.Less(a.Value), a.Value.Equal(b.Value)));
            if (b.NeedsGrad) b.AddGrad(Share(dy, a.Value.Less(b.Value), a.Value.Equal(b.Value)));
        }
    }

    /// <summary>dy, half of it where both are equal, and 0 where the other one was chosen.</summary>
    private static Variable Share(Variable dy, Tensor isOther, Tensor isEqual) =>
        Where(isOther, dy.ScalarLike(0), Where(isEqual, dy * 0.5, dy));

    private Variable ScalarLike(double value) => Value.ScalarLike(value);

    /// <summary>A number to compute with; that of 16-bit floats is not rounded before the result is.</summary>
    private Variable Operand(double value, string operation) => Value.Operand(value, operation);

    /// <summary>a + b.</summary>
    public static Variable operator +(Variable a, Variable b) => a.Add(b);

    /// <summary>a + b.</summary>
    public static Variable operator +(Variable a, double b) => a.Add(a.Operand(b, nameof(Add)));

    /// <summary>a + b.</summary>
    public static Variable operator +(double a, Variable b) => b.Operand(a, nameof(Add)).Add(b);

    /// <summary>a − b.</summary>
    public static Variable operator -(Variable a, Variable b) => a.Subtract(b);

    /// <summary>a − b.</summary>
    public static Variable operator -(Variable a, double b) => a.Subtract(a.Operand(b, nameof(Subtract)));

    /// <summary>a − b.</summary>
    public static Variable operator -(double a, Variable b) => b.Operand(a, nameof(Subtract)).Subtract(b);

    /// <summary>a · b, element by element.</summary>
    public static Variable operator *(Variable a, Variable b) => a.Multiply(b);

    /// <summary>a · b.</summary>
    public static Variable operator *(Variable a, double b) => a.Multiply(a.Operand(b, nameof(Multiply)));

    /// <summary>a · b.</summary>
    public static Variable operator *(double a, Variable b) => b.Operand(a, nameof(Multiply)).Multiply(b);

    /// <summary>a / b.</summary>
    public static Variable operator /(Variable a, Variable b) => a.Divide(b);

    /// <summary>a / b.</summary>
    public static Variable operator /(Variable a, double b) => a.Divide(a.Operand(b, nameof(Divide)));

    /// <summary>a / b.</summary>
    public static Variable operator /(double a, Variable b) => b.Operand(a, nameof(Divide)).Divide(b);

    /// <summary>−a.</summary>
    public static Variable operator -(Variable a) => a.Negate();

    /// <summary>
    /// Picks from <paramref name="a"/> where the condition (Bool) is true, otherwise from <paramref name="b"/>; broadcast.
    /// </summary>
    public static Variable Where(Tensor condition, Variable a, Variable b) =>
        Record(Tensor.Where(condition, a.Value, b.Value), new WhereNode(condition, a, b));

    private sealed class WhereNode : GradNode
    {
        private readonly Variable _a, _b;
        private readonly Tensor _condition;

        public WhereNode(Tensor condition, Variable a, Variable b)
            : base(savesInputs: false, a, b) => (_condition, _a, _b) = (Save(condition, "the condition"), a, b);

        public override void Backward(Variable dy)
        {
            Variable zero = dy.ScalarLike(0);
            if (_a.NeedsGrad) _a.AddGrad(Where(_condition, dy, zero));
            if (_b.NeedsGrad) _b.AddGrad(Where(_condition, zero, dy));
        }
    }
}
