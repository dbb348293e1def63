namespace MiniStack.Nn;

/// <summary>y = f(x), element by element and in one operation.</summary>
/// <remarks>Value and slope are computed in F32 where x has 16 bits, and rounded once. At infinity they are the limits:
/// formulas keep x finite where f no longer depends on it, because 0·∞ would be NaN.</remarks>
internal abstract class ActivationNode(Variable x) : GradNode(x)
{
    private DType Wide => x.Value.DType.Wide();

    /// <summary>Computes and records it.</summary>
    public Variable Apply()
    {
        Tensor y;
        using (MemoryScope.Begin()) y = Value(x.Value.To(Wide)).To(x.Value.DType).Keep();
        return Variable.Record(y, this);
    }

    // y = f(x)  ⇒  dx = dy·f′(x)
    public sealed override void Backward(Variable dy) => x.AddGrad((dy.To(Wide) * Slope(x.To(Wide))).To(x.Value.DType));

    /// <summary>f(x), in a new tensor.</summary>
    protected abstract Tensor Value(Tensor x);

    /// <summary>f′(x), in operators that can be differentiated again.</summary>
    protected abstract Variable Slope(Variable x);

    /// <summary>1 where low &lt; x &lt; high, otherwise 0.</summary>
    protected static Tensor Inside(Tensor x, double low, double high)
    {
        Tensor zero = x.ScalarLike(0);
        return Tensor.Where(x.Greater(x.ScalarLike(low)), Tensor.Where(x.Less(x.ScalarLike(high)), x.ScalarLike(1), zero), zero);
    }
}

/// <summary>What activations are made of.</summary>
internal static class ActivationMath
{
    /// <summary>Where every e^−x is 0 already.</summary>
    public const double FarOut = 1000;

    /// <summary>eˣ − 1 for x ≤ 0, without its cancellation near 0: 2t/(1 − t) with t = tanh(x/2).</summary>
    public static Tensor ExpMinusOne(this Tensor x)
    {
        Tensor t = (x * 0.5).Tanh();
        return t * 2 / (1 - t);
    }

    /// <summary>ln(1 + eˣ), which neither overflows nor rounds 1 + eˣ to 1: the cross-entropy −ln(1 − σ(x)) of a target of 0.</summary>
    public static Tensor LogOnePlusExp(this Tensor x) => x.BinaryCrossEntropyWithLogits(x.ScalarLike(0));

    /// <inheritdoc cref="LogOnePlusExp(Tensor)"/>
    public static Variable LogOnePlusExp(this Variable x) =>
        x.BinaryCrossEntropyWithLogits(x.Value.ScalarLike(0).Expand(x.Shape), reduction: Reduction.None);
}
