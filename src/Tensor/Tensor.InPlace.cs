namespace MiniStack;

/// <summary>Operations that change this tensor, and every view of it. Autograd notices if it still needed the old values.</summary>
public sealed partial class Tensor
{
    /// <summary>All elements = value; returns this tensor.</summary>
    public Tensor Fill(double value)
    {
        Backend.Fill(this, value);
        Storage.CountWrite();
        return this;
    }

    /// <summary>Elements = those of <paramref name="source"/>, broadcast and converted to this dtype; returns this tensor.</summary>
    /// <exception cref="ShapeException">The source does not stretch to this shape.</exception>
    public Tensor CopyFrom(Tensor source)
    {
        Copy(Apart(source.To(Device).Expand(Shape)), this);
        Storage.CountWrite();
        return this;
    }

    /// <summary>Elements += those of <paramref name="other"/>, broadcast; returns this tensor.</summary>
    /// <exception cref="ShapeException">This view has gaps, or other does not stretch to this shape.</exception>
    public Tensor AddInPlace(Tensor other)
    {
        CheckSame(this, other, nameof(AddInPlace));
        CheckNumber(nameof(AddInPlace));
        CheckWritable(nameof(AddInPlace));
        Backend.Add(this, Apart(other.Expand(Shape)), this);
        Storage.CountWrite();
        return this;
    }

    /// <summary>Elements = a·b, or += a·b: a matrix product without a tensor of its own for the result. Returns this tensor.</summary>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[k, n].</param>
    /// <param name="accumulate">Whether to add to what this tensor, [m, n], holds.</param>
    /// <exception cref="ShapeException">The three are not matrices whose sizes fit, or this view has gaps.</exception>
    public Tensor SetMatMul(Tensor a, Tensor b, bool accumulate)
    {
        CheckSame(this, a, nameof(SetMatMul));
        CheckSame(this, b, nameof(SetMatMul));
        CheckNumber(nameof(SetMatMul));
        CheckWritable(nameof(SetMatMul));
        if (Rank != 2 || a.Rank != 2 || b.Rank != 2 || a.Shape[0] != Shape[0] || b.Shape[1] != Shape[1] || a.Shape[1] != b.Shape[0])
            throw new ShapeException($"SetMatMul: a is {a.Shape}, b is {b.Shape} and the result {Shape}; they must be (m, k), (k, n) and (m, n).");
        Backend.MatMul(ReferenceEquals(a._storage, _storage) ? a.Clone() : a, ReferenceEquals(b._storage, _storage) ? b.Clone() : b, this, accumulate);
        Storage.CountWrite();
        return this;
    }

    /// <summary>Elements ·= <paramref name="factor"/>; returns this tensor.</summary>
    /// <exception cref="ShapeException">This view has gaps.</exception>
    public Tensor ScaleInPlace(double factor)
    {
        CheckNumber(nameof(ScaleInPlace));
        CheckWritable(nameof(ScaleInPlace));
        Backend.Multiply(this, ScalarLike(factor).Expand(Shape), this);
        Storage.CountWrite();
        return this;
    }

    /// <summary>An input that shares this tensor's storage under another layout, copied: kernels may write an element before they read it.</summary>
    private Tensor Apart(Tensor input)
    {
        bool sameElements = input._layout.Offset == _layout.Offset && input.Strides.SequenceEqual(Strides);
        return ReferenceEquals(input._storage, _storage) && !sameElements ? input.Clone() : input;
    }

    private void CheckWritable(string operation)
    {
        if (!IsContiguous)
            throw new ShapeException($"{operation}: this view of shape {Shape} does not lie row by row. Use CopyFrom, which takes any view.");
    }
}
