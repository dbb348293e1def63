using MiniStack.Operators;

namespace MiniStack;

/// <summary>
/// Kernels that do several operators' work in one pass: backward passes and optimizer steps, as plain functions of tensors.
/// </summary>
public static partial class Fused
{
    /// <summary>Gradient of <see cref="Tensor.Tanh"/>, from its result: dy·(1 − y²).</summary>
    internal static Tensor TanhBackward(Tensor y, Tensor dy)
    {
        Tensor dx = y.EmptyLike();
        y.Backend.Binary<TanhBackward>(y, dy, dx);
        return dx;
    }

    /// <summary>Gradient of <see cref="Tensor.Sigmoid"/>, from its result: dy·y·(1 − y).</summary>
    internal static Tensor SigmoidBackward(Tensor y, Tensor dy)
    {
        Tensor dx = y.EmptyLike();
        y.Backend.Binary<SigmoidBackward>(y, dy, dx);
        return dx;
    }

    /// <summary>Gradient of <see cref="Tensor.Relu"/>: dy where x &gt; 0, otherwise 0.</summary>
    internal static Tensor ReluBackward(Tensor x, Tensor dy)
    {
        Tensor dx = x.EmptyLike();
        x.Backend.Binary<ReluBackward>(x, dy, dx);
        return dx;
    }

    /// <summary>Gradient of <see cref="Tensor.Gelu"/>: dy·(Φ(x) + x·φ(x)).</summary>
    internal static Tensor GeluBackward(Tensor x, Tensor dy)
    {
        Tensor dx = x.EmptyLike();
        x.Backend.Binary<GeluBackward>(x, dy, dx);
        return dx;
    }

    /// <summary>Gradient of <see cref="Tensor.Silu"/>: dy·σ(x)·(1 + x·(1 − σ(x))).</summary>
    internal static Tensor SiluBackward(Tensor x, Tensor dy)
    {
        Tensor dx = x.EmptyLike();
        x.Backend.Binary<SiluBackward>(x, dy, dx);
        return dx;
    }
}
