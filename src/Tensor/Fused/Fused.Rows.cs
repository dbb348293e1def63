using MiniStack.Operators;

namespace MiniStack;

public static partial class Fused
{
    /// <summary>Gradient of <see cref="Tensor.Softmax"/> along the last axis, from its result: y·(dy − Σ dy·y).</summary>
    internal static Tensor SoftmaxBackward(Tensor y, Tensor dy)
    {
        Tensor dx = y.EmptyLike();
        y.Backend.SoftmaxBackward(y, dy, dx);
        return dx;
    }
}
