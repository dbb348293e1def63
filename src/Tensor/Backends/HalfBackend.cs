using MiniStack.Operators;

namespace MiniStack;

/// <summary>Computes with 16-bit floats: stand-ins in F32 do the work, and what they become is rounded once.</summary>
internal sealed class HalfBackend(Device device) : RelayBackend
{
    protected override Backend There => device.Backend;

    // Moving needs no arithmetic; a conversion goes by way of F32, one side of which is contiguous.
    public override void Copy(Tensor source, Tensor destination)
    {
        if (source.DType == destination.DType)
        {
            There.Copy(source, destination);
            return;
        }
        using MemoryScope scope = MemoryScope.Begin();
        Tensor wide = source;
        if (source.DType != DType.F32)
        {
            wide = Tensor.Empty(source.Shape, DType.F32, device);
            There.Copy(source, wide);
        }
        if (!destination.DType.IsHalf() || destination.IsContiguous)
        {
            There.Copy(wide, destination);
            return;
        }
        Tensor narrow = destination.EmptyLike();
        There.Copy(wide, narrow);
        There.Copy(narrow, destination);
    }

    // In F32 a number is below the end that in 16 bits it would be rounded to.
    public override void Uniform(Tensor y, double low, double high, ulong key, ulong block)
    {
        (double least, double most) = UniformEnds(low, high, y.DType);
        using MemoryScope scope = MemoryScope.Begin();
        Tensor wide = Tensor.Empty(y.Shape, DType.F32, device);
        There.Uniform(wide, low, high, key, block);
        There.Binary<Maximum>(wide, wide.ScalarLike(least).Expand(wide.Shape), wide);
        There.Binary<Minimum>(wide, wide.ScalarLike(most).Expand(wide.Shape), wide);
        Copy(wide, y);
    }

    public override void Fill(Tensor destination, double value) => There.Fill(destination, value);

    // The CPU's kernels widen block by block.
    public override void Unary<TOperator>(Tensor x, Tensor y)
    {
        if (device is CpuDevice) There.Unary<TOperator>(x, y);
        else base.Unary<TOperator>(x, y);
    }

    public override void Binary<TOperator>(Tensor a, Tensor b, Tensor y)
    {
        if (device is CpuDevice) There.Binary<TOperator>(a, b, y);
        else base.Binary<TOperator>(a, b, y);
    }

    public override void Compare<TComparison>(Tensor a, Tensor b, Tensor y)
    {
        if (device is CpuDevice) There.Compare<TComparison>(a, b, y);
        else base.Compare<TComparison>(a, b, y);
    }

    public override void Where(Tensor condition, Tensor a, Tensor b, Tensor y)
    {
        if (device is CpuDevice) There.Where(condition, a, b, y);
        else base.Where(condition, a, b, y);
    }

    protected internal override void Announce(string name)
    {
    }

    protected internal override Tensor Send(Tensor tensor, bool withContent)
    {
        if (!tensor.DType.IsHalf()) return tensor;
        Tensor wide = Tensor.Empty(tensor.Shape, DType.F32, device);
        if (withContent) There.Copy(tensor, wide);
        return wide;
    }

    protected internal override void Return(Tensor sent, Tensor tensor)
    {
        if (sent != tensor) Copy(sent, tensor);
    }
}
