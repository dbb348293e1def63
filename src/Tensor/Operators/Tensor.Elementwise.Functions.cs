using System.Globalization;
using MiniStack.Operators;

namespace MiniStack;

/// <summary>More functions of one number, element by element.</summary>
public sealed partial class Tensor
{
    /// <summary>tan x.</summary>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Tan()
    {
        Tensor y = NewFloat(nameof(Tan));
        Backend.Unary<Tan>(this, y);
        return y;
    }

    /// <summary>arcsin x; NaN outside [−1, 1].</summary>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Asin()
    {
        Tensor y = NewFloat(nameof(Asin));
        Backend.Unary<Asin>(this, y);
        return y;
    }

    /// <summary>arccos x; NaN outside [−1, 1].</summary>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Acos()
    {
        Tensor y = NewFloat(nameof(Acos));
        Backend.Unary<Acos>(this, y);
        return y;
    }

    /// <summary>arctan x.</summary>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Atan()
    {
        Tensor y = NewFloat(nameof(Atan));
        Backend.Unary<Atan>(this, y);
        return y;
    }

    /// <summary>sinh x.</summary>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Sinh()
    {
        Tensor y = NewFloat(nameof(Sinh));
        Backend.Unary<Sinh>(this, y);
        return y;
    }

    /// <summary>cosh x.</summary>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Cosh()
    {
        Tensor y = NewFloat(nameof(Cosh));
        Backend.Unary<Cosh>(this, y);
        return y;
    }

    /// <summary>The largest whole number that is not above x.</summary>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Floor()
    {
        Tensor y = NewFloat(nameof(Floor));
        Backend.Unary<Floor>(this, y);
        return y;
    }

    /// <summary>The smallest whole number that is not below x.</summary>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Ceiling()
    {
        Tensor y = NewFloat(nameof(Ceiling));
        Backend.Unary<Ceiling>(this, y);
        return y;
    }

    /// <summary>The nearest whole number; halves go to the even one.</summary>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public Tensor Round()
    {
        Tensor y = NewFloat(nameof(Round));
        Backend.Unary<Round>(this, y);
        return y;
    }

    /// <summary>−1, 0 or 1 as x is below, at or above 0; NaN for NaN.</summary>
    /// <exception cref="DTypeException">The dtype is Bool.</exception>
    public Tensor Sign()
    {
        Tensor y = NewNumber(nameof(Sign));
        Backend.Unary<Sign>(this, y);
        return y;
    }

    /// <summary>x, but at least <paramref name="low"/> and at most <paramref name="high"/>; NaN stays NaN.</summary>
    /// <exception cref="DTypeException">The dtype is Bool, or an integer and a bound is a fraction, or one that results cannot have.
    /// (Bounds that no element reaches, such as 300 above U8, change nothing.)</exception>
    /// <exception cref="ConfigException">low is above high.</exception>
    public Tensor Clamp(double low = double.NegativeInfinity, double high = double.PositiveInfinity)
    {
        if (!(low <= high))
        {
            throw new ConfigException(
                string.Create(CultureInfo.InvariantCulture, $"Clamp: low {low} is above high {high}. Exchange them."));
        }
        CheckNumber(nameof(Clamp));
        return Maximum(Bound(low, isLow: true)).Minimum(Bound(high, isLow: false));
    }
}
