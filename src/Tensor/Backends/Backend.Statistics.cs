namespace MiniStack;

internal abstract partial class Backend
{
    // More reductions over the trailing axes of x, those that y does not have.

    /// <summary>y = ln Σ eˣ over the trailing axes of x, those that y does not have; −∞ where every x is.</summary>
    public abstract void LogSumExp(Tensor x, Tensor y);

    /// <summary>y = Σ (x − mean)² / (n − correction) over the trailing axes of x; of a divisor below 0, 0 / 0.</summary>
    public abstract void Variance(Tensor x, double correction, Tensor y);
}
