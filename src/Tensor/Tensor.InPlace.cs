using System.Runtime.InteropServices;
using MiniStack.Operators;

namespace MiniStack;

/// <summary>Operations that change this tensor, and every view of it. Autograd notices if it still needed the old values.</summary>
public sealed partial class Tensor
{
    /// <summary>Elements = those of <paramref name="source"/>, broadcast and converted to this dtype; returns this tensor.</summary>
    /// <exception cref="ShapeException">The source does not stretch to this shape, or this view shows an element more than
    /// once.</exception>
    public Tensor CopyFrom(Tensor source)
    {
        CheckApart(nameof(CopyFrom));
        Backend.Copy(Apart(source.To(Device).Expand(Shape)), this);
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
        Backend.Binary<Add>(this, Apart(other.Expand(Shape)), this);
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
        {
            throw new ShapeException(
                $"SetMatMul: a is {a.Shape}, b is {b.Shape} and the result {Shape}; they must be (m, k), (k, n) and (m, n).");
        }
        Backend.MatMul(SharesMemory(a) ? a.Clone() : a, SharesMemory(b) ? b.Clone() : b, this, accumulate);
        Storage.CountWrite();
        return this;
    }

    /// <summary>Elements ·= <paramref name="factor"/>; returns this tensor.</summary>
    /// <exception cref="ShapeException">This view has gaps.</exception>
    /// <exception cref="DTypeException">This dtype cannot hold the factor.</exception>
    public Tensor ScaleInPlace(double factor)
    {
        CheckNumber(nameof(ScaleInPlace));
        CheckWritable(nameof(ScaleInPlace));
        Backend.Binary<Multiply>(this, Operand(factor, nameof(ScaleInPlace)).Expand(Shape), this);
        Storage.CountWrite();
        return this;
    }

    /// <summary>
    /// An input that shares this tensor's memory under another layout, copied: kernels may write an element before they read it.
    /// </summary>
    private Tensor Apart(Tensor input)
    {
        bool sameElements = ReferenceEquals(input._storage, _storage) && input._layout.Offset == _layout.Offset
            && input.Strides.SequenceEqual(Strides);
        return !sameElements && SharesMemory(input) ? input.Clone() : input;
    }

    /// <summary>True when both may have an element in common: two storages can share an array that was wrapped twice.</summary>
    private bool SharesMemory(Tensor other)
    {
        if (ReferenceEquals(other._storage, _storage)) return true;
        return _storage is CpuStorage and not PooledStorage && other._storage is CpuStorage and not PooledStorage
            && Bytes().Overlaps(other.Bytes());
    }

    /// <summary>All memory that the layout can reach, on a CPU device.</summary>
    private Span<byte> Bytes() => DType.Size() switch
    {
        1 => MemoryMarshal.AsBytes(Raw<byte>()),
        2 => MemoryMarshal.AsBytes(Raw<short>()),
        4 => MemoryMarshal.AsBytes(Raw<int>()),
        _ => MemoryMarshal.AsBytes(Raw<long>()),
    };

    /// <summary>
    /// Throws where a view shows an element in more than one place: what is written last would stay, and threads would race.
    /// </summary>
    internal void CheckApart(string operation)
    {
        if (_layout.Overlaps)
        {
            throw new ShapeException(
                $"{operation}: this view of shape {Shape} shows elements more than once (it was stretched by Expand), " +
                "so it cannot be written to. Clone() it first.");
        }
    }

    private void CheckWritable(string operation)
    {
        if (!IsContiguous)
        {
            throw new ShapeException(
                $"{operation}: this view of shape {Shape} does not lie row by row. Use CopyFrom, which takes any view.");
        }
    }
}
