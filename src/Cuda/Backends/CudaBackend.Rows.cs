namespace MiniStack.Cuda;

// One block for each row of x.
internal sealed partial class CudaBackend
{
    public override void Softmax(Tensor x, Tensor y)
    {
        if (x.DType.IsHalf()) _widened.Softmax(x, y);
        else MapRows("softmax", x, y);
    }

    public override void LogSoftmax(Tensor x, Tensor y)
    {
        if (x.DType.IsHalf()) _widened.LogSoftmax(x, y);
        else MapRows("log_softmax", x, y);
    }

    public override void SoftmaxBackward(Tensor y, Tensor dy, Tensor dx)
    {
        if (y.DType.IsHalf())
        {
            _widened.SoftmaxBackward(y, dy, dx);
            return;
        }
        if (dx.Count == 0) return;
        Arguments arguments = new();
        arguments.Rows(y).Rows(dy).Pointer(dx).Value((long)y.Shape[^1]);
        RunRows("softmax_backward", y, ref arguments);
    }

    private void MapRows(string name, Tensor x, Tensor y)
    {
        if (y.Count == 0) return;
        Arguments arguments = new();
        arguments.Rows(x).Pointer(y).Value((long)x.Shape[^1]);
        RunRows(name, x, ref arguments);
    }

    private void RunRows(string name, Tensor x, ref Arguments arguments) =>
        _engine.Run(new(name, x.DType), (x.Shape[..^1].Count, 1, 1), (256, 1), ref arguments);
}
