using MiniStack.Operators;

namespace MiniStack;

/// <summary>Functions of one number, element by element.</summary>
public sealed partial class Tensor
{
    /// <summary>−x.</summary>
    /// <exception cref="DTypeException">The dtype is Bool.</exception>
    public Tensor Negate()
    {
        Tensor y = NewNumber(nameof(Negate));
        Backend.Unary<Negate>(this, y);
        return y;
    }

    /// <summary>|x|.</summary>
    /// <exception cref="DTypeException">The dtype is Bool.</exception>
    public Tensor Abs()
    {
        Tensor y = NewNumber(nameof(Abs));
        Backend.Unary<Abs>(this, y);
        return y;
    }

    /// <summary>eˣ.</summary>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Exp()
    {
        Tensor y = NewFloat(nameof(Exp));
        Backend.Unary<Exp>(this, y);
        return y;
    }

    /// <summary>ln x; −∞ at 0, NaN below.</summary>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Log()
    {
        Tensor y = NewFloat(nameof(Log));
        Backend.Unary<Log>(this, y);
        return y;
    }

    /// <summary>√x; NaN below 0.</summary>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Sqrt()
    {
        Tensor y = NewFloat(nameof(Sqrt));
        Backend.Unary<Sqrt>(this, y);
        return y;
    }

    /// <summary>sin x.</summary>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Sin()
    {
        Tensor y = NewFloat(nameof(Sin));
        Backend.Unary<Sin>(this, y);
        return y;
    }

    /// <summary>cos x.</summary>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Cos()
    {
        Tensor y = NewFloat(nameof(Cos));
        Backend.Unary<Cos>(this, y);
        return y;
    }

    /// <summary>tanh x.</summary>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Tanh()
    {
        Tensor y = NewFloat(nameof(Tanh));
        Backend.Unary<Tanh>(this, y);
        return y;
    }

    /// <summary>1 / (1 + e⁻ˣ), the logistic function.</summary>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Sigmoid()
    {
        Tensor y = NewFloat(nameof(Sigmoid));
        Backend.Unary<Sigmoid>(this, y);
        return y;
    }

    /// <summary>The error function, 2/√π · ∫₀ˣ e^(−t²) dt.</summary>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Erf()
    {
        Tensor y = NewFloat(nameof(Erf));
        Backend.Unary<Erf>(this, y);
        return y;
    }

    /// <summary>max(x, 0).</summary>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Relu()
    {
        Tensor y = NewFloat(nameof(Relu));
        Backend.Unary<Relu>(this, y);
        return y;
    }

    /// <summary>x·Φ(x), Φ the normal distribution function: Hendrycks and Gimpel 2016, arXiv:1606.08415, exact form.</summary>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Gelu()
    {
        Tensor y = NewFloat(nameof(Gelu));
        Backend.Unary<Gelu>(this, y);
        return y;
    }

    /// <summary>x·σ(x), σ the logistic function, also called swish: Elfwing et al. 2017, arXiv:1702.03118.</summary>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Silu()
    {
        Tensor y = NewFloat(nameof(Silu));
        Backend.Unary<Silu>(this, y);
        return y;
    }

    /// <summary>
    /// Picks from <paramref name="a"/> where <paramref name="condition"/> (Bool) is true, otherwise from <paramref name="b"/>; broadcast.
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">The condition is not Bool, or a and b differ in dtype.</exception>
    public static Tensor Where(Tensor condition, Tensor a, Tensor b)
    {
        if (condition.DType != DType.Bool)
            throw new DTypeException($"Where: the condition must be Bool, not {condition.DType}. Compare first, for example with Greater.");
        CheckSame(a, b, nameof(Where));
        CheckSameDevice(condition, a, nameof(Where));
        Shape shape = Shape.Broadcast(Shape.Broadcast(a.Shape, b.Shape, nameof(Where)), condition.Shape, nameof(Where));
        Tensor y = Empty(shape, a.DType, a.Device);
        a.Backend.Where(condition.Expand(shape), a.Expand(shape), b.Expand(shape), y);
        return y;
    }
}
