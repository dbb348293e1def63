namespace MiniStack.Cuda;

internal sealed partial class CudaBackend
{
    public override void Unary<TOperator>(Tensor x, Tensor y)
    {
        if (StandIns(x.DType) is { } standIns)
        {
            standIns.Unary<TOperator>(x, y);
            return;
        }
        if (TOperator.Kernel is { } kernel) Map(kernel, x, y);
        else base.Unary<TOperator>(x, y);
    }

    public override void Binary<TOperator>(Tensor a, Tensor b, Tensor y)
    {
        if (StandIns(y.DType) is { } standIns)
        {
            standIns.Binary<TOperator>(a, b, y);
            return;
        }
        if (TOperator.Kernel is { } kernel) Map(kernel, a, b, y);
        else base.Binary<TOperator>(a, b, y);
    }

    public override void Compare<TComparison>(Tensor a, Tensor b, Tensor y)
    {
        // A 16-bit tensor may stand beside a number in F32.
        if (StandIns(b.DType.IsHalf() ? b.DType : a.DType) is { } standIns)
        {
            standIns.Compare<TComparison>(a, b, y);
            return;
        }
        if (TComparison.Kernel is { } kernel) Map(kernel, a, b, y);
        else base.Compare<TComparison>(a, b, y);
    }

    public override void Where(Tensor condition, Tensor a, Tensor b, Tensor y)
    {
        if (y.Count == 0) return;
        Arguments arguments = new();
        arguments.Operand(condition).Operand(a).Operand(b).Pointer(y).Value(y.Count);
        _engine.RunFlat(new("where", MovedAs(y.DType)), y.Count, ref arguments);
    }

    /// <summary>A kernel of one input; its dtype is the input's.</summary>
    private void Map(string name, Tensor x, Tensor y)
    {
        if (y.Count == 0) return;
        Arguments arguments = new();
        arguments.Operand(x).Pointer(y).Value(y.Count);
        _engine.RunFlat(new(name, x.DType), y.Count, ref arguments);
    }

    /// <summary>A kernel of two inputs; its dtype is theirs.</summary>
    private void Map(string name, Tensor a, Tensor b, Tensor y)
    {
        if (y.Count == 0) return;
        Arguments arguments = new();
        arguments.Operand(a).Operand(b).Pointer(y).Value(y.Count);
        _engine.RunFlat(new(name, a.DType), y.Count, ref arguments);
    }
}
