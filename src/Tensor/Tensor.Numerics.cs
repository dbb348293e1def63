using Dense = System.Numerics.Tensors;

namespace MiniStack;

/// <summary>To and from System.Numerics.Tensors, without a copy.</summary>
/// <remarks>A file that imports both namespaces needs an alias, such as <c>using Tensor = MiniStack.Tensor;</c> (CS0104).</remarks>
public sealed partial class Tensor
{
    /// <summary>Uses the memory of a dense System.Numerics tensor: both see each other's changes.</summary>
    /// <exception cref="ShapeException">The tensor has gaps, or an axis of more than 2³¹ elements.</exception>
    public static Tensor Wrap<T>(Dense.Tensor<T> tensor) where T : unmanaged
    {
        if (!tensor.IsDense)
            throw new ShapeException("Wrap: the System.Numerics tensor is a view with gaps. Make it dense first, with ToDenseTensor().");
        int[] sizes = new int[tensor.Rank];
        for (int axis = 0; axis < sizes.Length; axis++) sizes[axis] = Shape.ToSize(tensor.Lengths[axis], nameof(Wrap));
        return new Tensor(new NumericsStorage<T>(Device.Cpu, tensor), Layout.Contiguous(sizes), DTypes.Of<T>());
    }

    /// <summary>
    /// This tensor's elements as a System.Numerics span of the same shape and strides, without a copy. Counts as a write.
    /// </summary>
    /// <remarks>Memory that a span has shown does not go back to the pool, as for <see cref="AsSpan{T}"/>.</remarks>
    /// <exception cref="DTypeException"><typeparamref name="T"/> is not what this tensor stores.</exception>
    /// <exception cref="DeviceException">The elements do not lie in main memory.</exception>
    /// <exception cref="ShapeException">This view shows an element more than once.</exception>
    public Dense.TensorSpan<T> AsTensorSpan<T>() where T : unmanaged
    {
        CheckElementType<T>(nameof(AsTensorSpan));
        if (Device is not CpuDevice)
            throw new DeviceException($"AsTensorSpan: the tensor lies on {Device}. Copy it first with To(Device.Cpu).");
        CheckApart(nameof(AsTensorSpan));
        Storage.CountWrite();
        Storage.Escape();
        nint[] lengths = new nint[Rank], strides = new nint[Rank];
        for (int axis = 0; axis < Rank; axis++)
            (lengths[axis], strides[axis]) = (Shape[axis], Shape[axis] == 1 ? 0 : (nint)Strides[axis]);
        // The constructor refuses an empty span whatever its lengths; nothing is shared here anyway.
        if (Count == 0) return Dense.Tensor.CreateFromShape<T>(lengths).AsTensorSpan();
        return new Dense.TensorSpan<T>(Raw<T>(), lengths, strides);
    }
}
