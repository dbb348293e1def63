namespace MiniStack.Cuda;

/// <summary>
/// Operators on U8, which has no kernels but those that move and convert: the same on stand-ins in I32, whose results keep their low bits.
/// </summary>
/// <param name="inner">The backend that computes.</param>
internal sealed class U8AsI32(Backend inner) : RelayBackend
{
    protected override Backend There => inner;

    protected internal override void Announce(string name)
    {
    }

    protected internal override Tensor Send(Tensor tensor, bool withContent)
    {
        if (tensor.DType != DType.U8) return tensor;
        Tensor wide = Tensor.Empty(tensor.Shape, DType.I32, tensor.Device);
        if (withContent) inner.Copy(tensor, wide);
        return wide;
    }

    protected internal override void Return(Tensor sent, Tensor tensor)
    {
        if (sent != tensor) inner.Copy(sent, tensor);
    }
}
