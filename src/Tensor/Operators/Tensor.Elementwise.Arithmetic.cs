using MiniStack.Operators;

namespace MiniStack;

/// <summary>Arithmetic, element by element; shapes broadcast, dtypes must be equal.</summary>
/// <remarks>
/// Integers wrap around, as in PyTorch. A number that the tensor's dtype cannot hold is an error: U8 · 0.5 and U8 + 300 say what to
/// convert. With 16-bit floats a number is computed in F32, and only the result is rounded.
/// </remarks>
public sealed partial class Tensor
{
    /// <summary>this + other, broadcast.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">The dtypes differ or are Bool.</exception>
    public Tensor Add(Tensor other)
    {
        (Tensor a, Tensor b) = Align(this, other, nameof(Add));
        Tensor y = NewNumber(a, b, nameof(Add));
        y.Backend.Binary<Add>(a, b, y);
        return y;
    }

    /// <summary>this − other, broadcast.</summary>
    /// <inheritdoc cref="Add" path="/exception"/>
    public Tensor Subtract(Tensor other)
    {
        (Tensor a, Tensor b) = Align(this, other, nameof(Subtract));
        Tensor y = NewNumber(a, b, nameof(Subtract));
        y.Backend.Binary<Subtract>(a, b, y);
        return y;
    }

    /// <summary>this · other element by element, broadcast; the matrix product is <see cref="MatMul"/>.</summary>
    /// <inheritdoc cref="Add" path="/exception"/>
    public Tensor Multiply(Tensor other)
    {
        (Tensor a, Tensor b) = Align(this, other, nameof(Multiply));
        Tensor y = NewNumber(a, b, nameof(Multiply));
        y.Backend.Binary<Multiply>(a, b, y);
        return y;
    }

    /// <summary>this / other, broadcast; floats only.</summary>
    /// <inheritdoc cref="Add" path="/exception"/>
    public Tensor Divide(Tensor other)
    {
        (Tensor a, Tensor b) = Align(this, other, nameof(Divide));
        Tensor y = NewFloat(a, b, nameof(Divide));
        y.Backend.Binary<Divide>(a, b, y);
        return y;
    }

    /// <summary>this to the power of other, broadcast; floats only.</summary>
    /// <inheritdoc cref="Add" path="/exception"/>
    public Tensor Pow(Tensor other)
    {
        (Tensor a, Tensor b) = Align(this, other, nameof(Pow));
        Tensor y = NewFloat(a, b, nameof(Pow));
        y.Backend.Binary<Pow>(a, b, y);
        return y;
    }

    /// <summary>The larger of both, broadcast; NaN if either is.</summary>
    /// <inheritdoc cref="Add" path="/exception"/>
    public Tensor Maximum(Tensor other)
    {
        (Tensor a, Tensor b) = Align(this, other, nameof(Maximum));
        Tensor y = NewNumber(a, b, nameof(Maximum));
        y.Backend.Binary<Maximum>(a, b, y);
        return y;
    }

    /// <summary>The smaller of both, broadcast; NaN if either is.</summary>
    /// <inheritdoc cref="Add" path="/exception"/>
    public Tensor Minimum(Tensor other)
    {
        (Tensor a, Tensor b) = Align(this, other, nameof(Minimum));
        Tensor y = NewNumber(a, b, nameof(Minimum));
        y.Backend.Binary<Minimum>(a, b, y);
        return y;
    }

    /// <summary>a + b.</summary>
    public static Tensor operator +(Tensor a, Tensor b) => a.Add(b);

    /// <summary>a + b.</summary>
    public static Tensor operator +(Tensor a, double b) => a.Add(a.Operand(b, nameof(Add)));

    /// <summary>a + b.</summary>
    public static Tensor operator +(Tensor a, long b) => a.Add(a.Operand(b, nameof(Add)));

    /// <summary>a + b.</summary>
    public static Tensor operator +(long a, Tensor b) => b.Operand(a, nameof(Add)).Add(b);

    /// <summary>a + b.</summary>
    public static Tensor operator +(double a, Tensor b) => b.Operand(a, nameof(Add)).Add(b);

    /// <summary>a − b.</summary>
    public static Tensor operator -(Tensor a, Tensor b) => a.Subtract(b);

    /// <summary>a − b.</summary>
    public static Tensor operator -(Tensor a, double b) => a.Subtract(a.Operand(b, nameof(Subtract)));

    /// <summary>a − b.</summary>
    public static Tensor operator -(Tensor a, long b) => a.Subtract(a.Operand(b, nameof(Subtract)));

    /// <summary>a − b.</summary>
    public static Tensor operator -(long a, Tensor b) => b.Operand(a, nameof(Subtract)).Subtract(b);

    /// <summary>a − b.</summary>
    public static Tensor operator -(double a, Tensor b) => b.Operand(a, nameof(Subtract)).Subtract(b);

    /// <summary>a · b, element by element.</summary>
    public static Tensor operator *(Tensor a, Tensor b) => a.Multiply(b);

    /// <summary>a · b.</summary>
    public static Tensor operator *(Tensor a, double b) => a.Multiply(a.Operand(b, nameof(Multiply)));

    /// <summary>a · b.</summary>
    public static Tensor operator *(Tensor a, long b) => a.Multiply(a.Operand(b, nameof(Multiply)));

    /// <summary>a · b.</summary>
    public static Tensor operator *(long a, Tensor b) => b.Operand(a, nameof(Multiply)).Multiply(b);

    /// <summary>a · b.</summary>
    public static Tensor operator *(double a, Tensor b) => b.Operand(a, nameof(Multiply)).Multiply(b);

    /// <summary>a / b.</summary>
    public static Tensor operator /(Tensor a, Tensor b) => a.Divide(b);

    /// <summary>a / b.</summary>
    public static Tensor operator /(Tensor a, double b) => a.Divide(a.Operand(b, nameof(Divide)));

    /// <summary>a / b.</summary>
    public static Tensor operator /(double a, Tensor b) => b.Operand(a, nameof(Divide)).Divide(b);

    /// <summary>−a.</summary>
    public static Tensor operator -(Tensor a) => a.Negate();
}
