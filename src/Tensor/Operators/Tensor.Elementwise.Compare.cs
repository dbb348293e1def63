using MiniStack.Operators;

namespace MiniStack;

/// <summary>Comparisons, element by element, broadcast; the result is Bool. A NaN equals nothing and is below nothing.</summary>
public sealed partial class Tensor
{
    /// <summary>this == other.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">The dtypes differ.</exception>
    public Tensor Equal(Tensor other)
    {
        (Tensor a, Tensor b) = Align(this, other, nameof(Equal));
        Tensor y = Empty(a.Shape, DType.Bool, Device);
        Backend.Compare<Equal>(a, b, y);
        return y;
    }

    /// <summary>this != other.</summary>
    /// <inheritdoc cref="Equal" path="/exception"/>
    public Tensor NotEqual(Tensor other) => Equal(other).Not();

    /// <summary>this &lt; other.</summary>
    /// <inheritdoc cref="Equal" path="/exception"/>
    public Tensor Less(Tensor other)
    {
        (Tensor a, Tensor b) = Align(this, other, nameof(Less));
        a.CheckNumber(nameof(Less));
        Tensor y = Empty(a.Shape, DType.Bool, Device);
        Backend.Compare<Less>(a, b, y);
        return y;
    }

    /// <summary>this &lt;= other.</summary>
    /// <inheritdoc cref="Equal" path="/exception"/>
    public Tensor LessOrEqual(Tensor other)
    {
        (Tensor a, Tensor b) = Align(this, other, nameof(LessOrEqual));
        a.CheckNumber(nameof(LessOrEqual));
        Tensor y = Empty(a.Shape, DType.Bool, Device);
        Backend.Compare<LessOrEqual>(a, b, y);
        return y;
    }

    /// <summary>this &gt; other.</summary>
    /// <inheritdoc cref="Equal" path="/exception"/>
    public Tensor Greater(Tensor other) => other.Less(this);

    /// <summary>this &gt;= other.</summary>
    /// <inheritdoc cref="Equal" path="/exception"/>
    public Tensor GreaterOrEqual(Tensor other) => other.LessOrEqual(this);

    /// <summary>True becomes false and false true; Bool only.</summary>
    /// <exception cref="DTypeException">The dtype is not Bool.</exception>
    public Tensor Not()
    {
        if (DType != DType.Bool) throw new DTypeException($"Not: works on Bool, not on {DType}. Compare first, for example with Equal.");
        Tensor y = Empty(Shape, DType.Bool, Device);
        Backend.Unary<Not>(this, y);
        return y;
    }
}
