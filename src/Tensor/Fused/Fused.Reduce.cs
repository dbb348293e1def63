using MiniStack.Operators;

namespace MiniStack;

public static partial class Fused
{
    /// <summary>Σ x², accumulated in F64: the same bits for every thread count.</summary>
    /// <exception cref="DTypeException">They are no floats.</exception>
    public static double SumOfSquares(Tensor x)
    {
        x.CheckFloat(nameof(SumOfSquares));
        return x.Backend.SquaredNorm([x]);
    }

    /// <summary>Σ x² over all elements of tensors on one device, one tensor after the other.</summary>
    /// <exception cref="DTypeException">They are no floats.</exception>
    /// <exception cref="DeviceException">They lie on different devices.</exception>
    public static double SquaredNorm(ReadOnlySpan<Tensor> tensors)
    {
        if (tensors.IsEmpty) return 0;
        bool mixed = false;
        foreach (Tensor x in tensors)
        {
            x.CheckFloat(nameof(SquaredNorm));
            Tensor.CheckSameDevice(tensors[0], x, nameof(SquaredNorm));
            mixed |= x.DType != tensors[0].DType;
        }
        if (!mixed) return tensors[0].Backend.SquaredNorm(tensors);
        double sum = 0;
        foreach (Tensor x in tensors) sum += x.Backend.SquaredNorm([x]);
        return sum;
    }
}
