namespace MiniStack;

/// <summary>Functions of one number, element by element.</summary>
public partial class Variable
{
    /// <summary>−x.</summary>
    public Variable Negate() => Record(Value.Negate(), new NegateNode(this));

    private sealed class NegateNode(Variable x) : GradNode(savesInputs: false, x)
    {
        public override void Backward(Variable dy) => x.AddGrad(dy.Negate());
    }

    /// <summary>|x|.</summary>
    public Variable Abs() => Record(Value.Abs(), new AbsNode(this));

    private sealed class AbsNode(Variable x) : GradNode(x)
    {
        // dx = dy·sign x, and 0 at 0
        public override void Backward(Variable dy)
        {
            Tensor zero = x.Value.ScalarLike(0);
            Tensor sign = x.Value.Greater(zero).To(x.Value.DType) - x.Value.Less(zero).To(x.Value.DType);
            x.AddGrad(dy.Multiply(sign));
        }
    }

    /// <summary>eˣ.</summary>
    public Variable Exp()
    {
        Tensor y = Value.Exp();
        return Record(y, new ExpNode(this, y));
    }

    private sealed class ExpNode(Variable x, Tensor y) : ResultNode(x, y)
    {
        // y = eˣ  ⇒  dx = dy·y
        public override void Backward(Variable dy) => X.AddGrad(dy.Multiply(Result));
    }

    /// <summary>ln x.</summary>
    public Variable Log() => Record(Value.Log(), new LogNode(this));

    private sealed class LogNode(Variable x) : GradNode(x)
    {
        public override void Backward(Variable dy) => x.AddGrad(dy.Divide(x));
    }

    /// <summary>√x.</summary>
    public Variable Sqrt()
    {
        Tensor y = Value.Sqrt();
        return Record(y, new SqrtNode(this, y));
    }

    private sealed class SqrtNode(Variable x, Tensor y) : ResultNode(x, y)
    {
        // y = √x  ⇒  dx = dy / 2y
        public override void Backward(Variable dy) => X.AddGrad(dy.Divide(2 * Result));
    }

    /// <summary>sin x.</summary>
    public Variable Sin() => Record(Value.Sin(), new SinNode(this));

    private sealed class SinNode(Variable x) : GradNode(x)
    {
        public override void Backward(Variable dy) => x.AddWideGrad(dy.Wide().Multiply(x.Wide().Cos()));
    }

    /// <summary>cos x.</summary>
    public Variable Cos() => Record(Value.Cos(), new CosNode(this));

    private sealed class CosNode(Variable x) : GradNode(x)
    {
        public override void Backward(Variable dy) => x.AddWideGrad(dy.Wide().Multiply(x.Wide().Sin()).Negate());
    }

    /// <summary>tanh x.</summary>
    public Variable Tanh()
    {
        Tensor y = Value.Tanh();
        return Record(y, new TanhNode(this, y));
    }

    private sealed class TanhNode(Variable x, Tensor y) : ResultNode(x, y, savesHalves: true)
    {
        // y = tanh x  ⇒  dx = dy·(1 − y²)
        public override void Backward(Variable dy)
        {
            if (X.IsHalf) X.AddWideGrad(dy.Wide() * 4 * SigmoidSlope(X.Wide() * 2));
            else if (!Tape.CreatesGraph) X.AddGrad(Fused.TanhBackward(Y, dy.Value));
            else X.AddGrad(dy * (1 - Result * Result));
        }
    }

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    public Variable Sigmoid()
    {
        Tensor y = Value.Sigmoid();
        return Record(y, new SigmoidNode(this, y));
    }

    private sealed class SigmoidNode(Variable x, Tensor y) : ResultNode(x, y, savesHalves: true)
    {
        // y = σ(x)  ⇒  dx = dy·y·(1 − y)
        public override void Backward(Variable dy)
        {
            if (X.IsHalf) X.AddWideGrad(dy.Wide() * SigmoidSlope(X.Wide()));
            else if (!Tape.CreatesGraph) X.AddGrad(Fused.SigmoidBackward(Y, dy.Value));
            else X.AddGrad(dy * Result * (1 - Result));
        }
    }

    /// <summary>σ(x)·σ(−x), the slope of the logistic function, also where σ(x) rounds to 1.</summary>
    private static Variable SigmoidSlope(Variable x) => x.Sigmoid() * x.Negate().Sigmoid();

    /// <summary>The error function.</summary>
    public Variable Erf() => Record(Value.Erf(), new ErfNode(this));

    private sealed class ErfNode(Variable x) : GradNode(x)
    {
        // dx = dy·2/√π·e^(−x²)
        public override void Backward(Variable dy)
        {
            Variable at = x.Wide();
            x.AddWideGrad(dy.Wide().Multiply((at * at).Negate().Exp() * (2 / Math.Sqrt(Math.PI))));
        }
    }

    /// <summary>max(x, 0).</summary>
    public Variable Relu() => Record(Value.Relu(), new ReluNode(this));

    private sealed class ReluNode(Variable x) : GradNode(x)
    {
        // dx = dy where x > 0, and 0 at 0
        public override void Backward(Variable dy)
        {
            if (!Tape.CreatesGraph) x.AddGrad(Fused.ReluBackward(x.Value, dy.Value));
            else x.AddGrad(Where(x.Value.Greater(x.Value.ScalarLike(0)), dy, dy.ScalarLike(0)));
        }
    }

    /// <summary>x·Φ(x), Φ the normal distribution function.</summary>
    public Variable Gelu() => Record(Value.Gelu(), new GeluNode(this));

    private sealed class GeluNode(Variable x) : GradNode(x)
    {
        // dx = dy·(Φ(x) + x·φ(x))
        public override void Backward(Variable dy)
        {
            if (!Tape.CreatesGraph) x.AddGrad(Fused.GeluBackward(x.Value, dy.Value));
            else x.AddWideGrad(dy.Wide() * GeluSlope(x.Wide()));
        }
    }

    /// <summary>Φ(x) + x·φ(x), with Φ(x) = (1 + erf(x/√2)) / 2 and φ(x) = e^(−x²/2) / √(2π): the slope of <see cref="Gelu"/>.</summary>
    private static Variable GeluSlope(Variable x)
    {
        x = x.Clamp(-FarOut, FarOut);
        return 0.5 * (1 + (x * Math.Sqrt(0.5)).Erf()) + x * (x * x * -0.5).Exp() * (1 / Math.Sqrt(2 * Math.PI));
    }

    /// <summary>Where e^−x is 0 in every dtype: what is 0·∞ at infinity is 0 there already.</summary>
    private const double FarOut = 1000;

    /// <summary>x·σ(x), σ the logistic function.</summary>
    public Variable Silu() => Record(Value.Silu(), new SiluNode(this));

    private sealed class SiluNode(Variable x) : GradNode(x)
    {
        // dx = dy·σ(x)·(1 + x·(1 − σ(x)))
        public override void Backward(Variable dy)
        {
            if (!Tape.CreatesGraph)
            {
                x.AddGrad(Fused.SiluBackward(x.Value, dy.Value));
                return;
            }
            Variable at = x.Wide().Clamp(-FarOut, FarOut), sigmoid = at.Sigmoid();
            x.AddWideGrad(dy.Wide() * sigmoid * (1 + at * (1 - sigmoid)));
        }
    }
}
