namespace MiniStack;

/// <summary>Arithmetic, element by element; shapes broadcast, dtypes must be equal.</summary>
public sealed partial class Tensor
{
    /// <summary>this + other, broadcast.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">The dtypes differ or are Bool.</exception>
    public Tensor Add(Tensor other)
    {
        (Tensor a, Tensor b) = Align(this, other, nameof(Add));
        Tensor y = a.NewNumber(nameof(Add));
        Backend.Add(a, b, y);
        return y;
    }

    /// <summary>this − other, broadcast.</summary>
    /// <inheritdoc cref="Add" path="/exception"/>
    public Tensor Subtract(Tensor other)
    {
        (Tensor a, Tensor b) = Align(this, other, nameof(Subtract));
        Tensor y = a.NewNumber(nameof(Subtract));
        Backend.Subtract(a, b, y);
        return y;
    }

    /// <summary>this · other element by element, broadcast; the matrix product is <see cref="MatMul"/>.</summary>
    /// <inheritdoc cref="Add" path="/exception"/>
    public Tensor Multiply(Tensor other)
    {
        (Tensor a, Tensor b) = Align(this, other, nameof(Multiply));
        Tensor y = a.NewNumber(nameof(Multiply));
        Backend.Multiply(a, b, y);
        return y;
    }

    /// <summary>this / other, broadcast; floats only.</summary>
    /// <inheritdoc cref="Add" path="/exception"/>
    public Tensor Divide(Tensor other)
    {
        (Tensor a, Tensor b) = Align(this, other, nameof(Divide));
        Tensor y = a.NewFloat(nameof(Divide));
        Backend.Divide(a, b, y);
        return y;
    }

    /// <summary>this to the power of other, broadcast; floats only.</summary>
    /// <inheritdoc cref="Add" path="/exception"/>
    public Tensor Pow(Tensor other)
    {
        (Tensor a, Tensor b) = Align(this, other, nameof(Pow));
        Tensor y = a.NewFloat(nameof(Pow));
        Backend.Pow(a, b, y);
        return y;
    }

    /// <summary>The larger of both, broadcast; NaN if either is.</summary>
    /// <inheritdoc cref="Add" path="/exception"/>
    public Tensor Maximum(Tensor other)
    {
        (Tensor a, Tensor b) = Align(this, other, nameof(Maximum));
        Tensor y = a.NewNumber(nameof(Maximum));
        Backend.Maximum(a, b, y);
        return y;
    }

    /// <summary>The smaller of both, broadcast; NaN if either is.</summary>
    /// <inheritdoc cref="Add" path="/exception"/>
    public Tensor Minimum(Tensor other)
    {
        (Tensor a, Tensor b) = Align(this, other, nameof(Minimum));
        Tensor y = a.NewNumber(nameof(Minimum));
        Backend.Minimum(a, b, y);
        return y;
    }

    /// <summary>A number as a tensor of rank 0 that fits this one.</summary>
    public Tensor ScalarLike(double value) => Scalar(value, DType, Device);

    /// <summary>a + b.</summary>
    public static Tensor operator +(Tensor a, Tensor b) => a.Add(b);

    /// <summary>a + b.</summary>
    public static Tensor operator +(Tensor a, double b) => a.Add(a.ScalarLike(b));

    /// <summary>a + b.</summary>
    public static Tensor operator +(double a, Tensor b) => b.ScalarLike(a).Add(b);

    /// <summary>a − b.</summary>
    public static Tensor operator -(Tensor a, Tensor b) => a.Subtract(b);

    /// <summary>a − b.</summary>
    public static Tensor operator -(Tensor a, double b) => a.Subtract(a.ScalarLike(b));

    /// <summary>a − b.</summary>
    public static Tensor operator -(double a, Tensor b) => b.ScalarLike(a).Subtract(b);

    /// <summary>a · b, element by element.</summary>
    public static Tensor operator *(Tensor a, Tensor b) => a.Multiply(b);

    /// <summary>a · b.</summary>
    public static Tensor operator *(Tensor a, double b) => a.Multiply(a.ScalarLike(b));

    /// <summary>a · b.</summary>
    public static Tensor operator *(double a, Tensor b) => b.ScalarLike(a).Multiply(b);

    /// <summary>a / b.</summary>
    public static Tensor operator /(Tensor a, Tensor b) => a.Divide(b);

    /// <summary>a / b.</summary>
    public static Tensor operator /(Tensor a, double b) => a.Divide(a.ScalarLike(b));

    /// <summary>a / b.</summary>
    public static Tensor operator /(double a, Tensor b) => b.ScalarLike(a).Divide(b);

    /// <summary>−a.</summary>
    public static Tensor operator -(Tensor a) => a.Negate();
}
