using MiniStack.Operators;

namespace MiniStack;

/// <summary>
/// What a backend calls for 16-bit floats where it has no kernel of its own: the same operator on stand-ins in F32, whose results are
/// rounded once.
/// </summary>
/// <param name="inner">The backend that computes; it copies between 16 bits and F32 itself.</param>
internal sealed class Widened(Backend inner) : RelayBackend
{
    protected override Backend There => inner;

    // In F32 a number is below the end that in 16 bits it would be rounded to.
    public override void Uniform(Tensor y, double low, double high, ulong key, ulong block)
    {
        (double least, double most) = UniformEnds(low, high, y.DType);
        using MemoryScope scope = MemoryScope.Begin();
        Tensor wide = Tensor.Empty(y.Shape, DType.F32, y.Device);
        inner.Uniform(wide, low, high, key, block);
        inner.Binary<Maximum>(wide, wide.ScalarLike(least).Expand(wide.Shape), wide);
        inner.Binary<Minimum>(wide, wide.ScalarLike(most).Expand(wide.Shape), wide);
        inner.Copy(wide, y);
    }

    protected internal override void Announce(string name)
    {
    }

    protected internal override Tensor Send(Tensor tensor, bool withContent)
    {
        if (!tensor.DType.IsHalf()) return tensor;
        Tensor wide = Tensor.Empty(tensor.Shape, DType.F32, tensor.Device);
        if (withContent) inner.Copy(tensor, wide);
        return wide;
    }

    protected internal override void Return(Tensor sent, Tensor tensor)
    {
        if (sent != tensor) inner.Copy(sent, tensor);
    }
}
