using MiniStack.Operators;

namespace MiniStack;

public static partial class Fused
{
    /// <summary>GELU(x·weightᵀ + bias) over the last axis: a piece of the sums becomes its GELU while it is still in a cache.</summary>
    /// <param name="x">[…, inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null for none.</param>
    /// <returns>[…, outputs].</returns>
    /// <exception cref="ShapeException">The sizes do not fit together.</exception>
    public static Tensor LinearGelu(Tensor x, Tensor weight, Tensor? bias = null)
    {
        Tensor y = x.EmptyLinear(weight, bias, nameof(LinearGelu)), rows = y.AsRows();
        x.Backend.LinearGelu(x.AsRows(), weight, bias, rows, rows);
        return y;
    }

    /// <summary>The same, keeping what goes into GELU for the gradient.</summary>
    /// <param name="x">[…, inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null for none.</param>
    /// <param name="h">x·weightᵀ + bias, [rows of x, outputs].</param>
    /// <returns>GELU(h), […, outputs].</returns>
    /// <exception cref="ShapeException">The sizes do not fit together.</exception>
    internal static Tensor LinearGelu(Tensor x, Tensor weight, Tensor? bias, out Tensor h)
    {
        Tensor y = x.EmptyLinear(weight, bias, nameof(LinearGelu)), rows = y.AsRows();
        h = rows.EmptyLike();
        x.Backend.LinearGelu(x.AsRows(), weight, bias, h, rows);
        return y;
    }
}
