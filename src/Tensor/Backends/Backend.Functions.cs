namespace MiniStack;

internal abstract partial class Backend
{
    // More functions of one float, element by element.

    /// <summary>y = tan x.</summary>
    public abstract void Tan(Tensor x, Tensor y);

    /// <summary>y = arcsin x.</summary>
    public abstract void Asin(Tensor x, Tensor y);

    /// <summary>y = arccos x.</summary>
    public abstract void Acos(Tensor x, Tensor y);

    /// <summary>y = arctan x.</summary>
    public abstract void Atan(Tensor x, Tensor y);

    /// <summary>y = sinh x.</summary>
    public abstract void Sinh(Tensor x, Tensor y);

    /// <summary>y = cosh x.</summary>
    public abstract void Cosh(Tensor x, Tensor y);

    /// <summary>y = the largest whole number that is not above x.</summary>
    public abstract void Floor(Tensor x, Tensor y);

    /// <summary>y = the smallest whole number that is not below x.</summary>
    public abstract void Ceiling(Tensor x, Tensor y);

    /// <summary>y = the nearest whole number, halves to the even one.</summary>
    public abstract void Round(Tensor x, Tensor y);

    /// <summary>y = −1, 0 or 1 as x is below, at or above 0; NaN for NaN. Any number type.</summary>
    public abstract void Sign(Tensor x, Tensor y);
}
