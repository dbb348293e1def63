using MiniStack.Operators;

namespace MiniStack.Cuda;

internal sealed partial class CudaBackend
{
    public override void Uniform(Tensor y, double low, double high, ulong key, ulong block)
    {
        if (y.DType.IsHalf())
        {
            _widened.Uniform(y, low, high, key, block);
            return;
        }
        (double least, double most) = UniformEnds(low, high, y.DType);
        Draw("uniform", y, low, high, key, block);
        using MemoryScope scope = MemoryScope.Begin();
        Binary<Maximum>(y, y.ScalarLike(least).Expand(y.Shape), y);
        Binary<Minimum>(y, y.ScalarLike(most).Expand(y.Shape), y);
    }

    public override void Normal(Tensor y, double mean, double std, ulong key, ulong block)
    {
        if (y.DType.IsHalf()) _widened.Normal(y, mean, std, key, block);
        else Draw("normal", y, mean, std, key, block);
    }

    public override void Dropout(Tensor x, Tensor y, double p, ulong key, ulong block)
    {
        if (x.DType.IsHalf())
        {
            _widened.Dropout(x, y, p, key, block);
            return;
        }
        if (y.Count == 0) return;
        Arguments arguments = new();
        arguments.Operand(x).Pointer(y).Value(y.Count).Value((float)p).Value((float)(1 / (1 - p))).Value(key).Value(block);
        _engine.RunFlat(new("dropout", y.DType), CudaEngine.Blocks(y.Count, WordsAtOnce), ref arguments);
    }

    /// <summary>The stream of random words comes in blocks.</summary>
    private const int WordsAtOnce = 4;

    private void Draw(string name, Tensor y, double a, double b, ulong key, ulong block)
    {
        if (y.Count == 0) return;
        Arguments arguments = new();
        arguments.Pointer(y).Value(y.Count).Value(a).Value(b).Value(key).Value(block);
        _engine.RunFlat(new(name, y.DType), CudaEngine.Blocks(y.Count, WordsAtOnce), ref arguments);
    }
}
