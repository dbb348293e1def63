using System.Diagnostics;

namespace MiniStack;

/// <summary>An n-dimensional array of numbers: a <see cref="Layout"/> over a <see cref="Storage"/>. It knows no gradients.</summary>
/// <remarks>
/// Views (Reshape, Transpose, Slice, …) share the storage of the tensor they
/// were made from: a write through one is seen through all.
/// </remarks>
[DebuggerDisplay("{DebugText,nq}")]
[DebuggerTypeProxy(typeof(TensorDebugView))]
public sealed partial class Tensor
{
    private readonly Storage _storage;
    private readonly Layout _layout;

    internal Tensor(Storage storage, Layout layout, DType dtype)
    {
        _storage = storage;
        _layout = layout;
        DType = dtype;
    }

    /// <summary>Type of the elements.</summary>
    public DType DType { get; }

    /// <summary>Where the elements live.</summary>
    public Device Device => _storage.Device;

    /// <summary>Where the elements lie in the storage.</summary>
    public Layout Layout => _layout;

    /// <summary>Sizes of the axes.</summary>
    public Shape Shape => _layout.Shape;

    /// <summary>Distances between neighbours along each axis, in elements.</summary>
    public ReadOnlySpan<long> Strides => _layout.Strides;

    /// <summary>Number of axes.</summary>
    public int Rank => Shape.Rank;

    /// <summary>Number of elements.</summary>
    public long Count => Shape.Count;

    /// <summary>True when the elements lie one after the other in row-major order.</summary>
    public bool IsContiguous => _layout.IsContiguous;

    /// <summary>False once the memory scope that owned the elements has ended.</summary>
    public bool IsAlive => _storage.IsAlive;

    /// <summary>The block that holds the elements.</summary>
    /// <exception cref="MemoryScopeException">The scope that owned it has ended.</exception>
    public Storage Storage
    {
        [DebuggerStepThrough]
        get
        {
            _storage.CheckAlive(Shape);
            return _storage;
        }
    }

    /// <summary>Who computes with this tensor.</summary>
    internal Backend Backend
    {
        [DebuggerStepThrough]
        get => Storage.Device.Backend;
    }

    /// <summary>Moves the elements out of the innermost scope, so that they outlive it; returns this tensor.</summary>
    /// <remarks>Called on another thread than the scope's, it moves them out of every scope, as <see cref="Persist"/> does.</remarks>
    /// <exception cref="MemoryScopeException">The scope that owned them has ended.</exception>
    public Tensor Keep()
    {
        MemoryScope.MoveOut(Storage);
        _storage.CheckAlive(Shape); // another thread may have ended the scope first
        return this;
    }

    /// <summary>
    /// Moves the elements out of every scope: they live until the garbage collector finds them unused; returns this tensor.
    /// </summary>
    /// <exception cref="MemoryScopeException">The scope that owned them has ended.</exception>
    public Tensor Persist()
    {
        MemoryScope.Free(Storage);
        _storage.CheckAlive(Shape);
        return this;
    }

    /// <summary>
    /// Returns the elements' memory to the pool now, if the innermost scope of this thread owns it; later uses throw. Otherwise does
    /// nothing.
    /// </summary>
    /// <remarks>
    /// For long computations inside one scope: what is not needed any more makes room for what comes. Views share the memory.
    /// </remarks>
    public void Discard()
    {
        if (_storage.Scope is { } scope && scope == MemoryScope.Current && scope.IsHere && _storage.Owners == 0)
            scope.ReturnEarly(_storage, "Discard()");
    }

    /// <summary>The same elements on another device; this tensor when it is there already.</summary>
    public Tensor To(Device device)
    {
        if (device == Device) return this;
        Tensor local = Device is CpuDevice ? this : Device.Download(this);
        return local.Device == device ? local : device.Upload(local);
    }

    /// <summary>The same elements, rounded or widened to another type; this tensor when it has that type already.</summary>
    /// <remarks>
    /// <para>One rule for each pair, whatever the layout: an integer becomes a narrower one by its low bits (I32 300 is U8 44, as in
    /// PyTorch). A float becomes an integer towards zero and stops at the integer's limits (300.7 is U8 255, −1 is U8 0, ∞ is the largest),
    /// NaN becomes 0; where PyTorch's result is undefined, this one is not. Number to Bool is "not zero", NaN is true.</para>
    /// <para>A float becomes a narrower one by rounding to the nearest, 16-bit ones by way of F32; what is too large becomes ∞.</para>
    /// </remarks>
    public Tensor To(DType dtype)
    {
        if (dtype == DType) return this;
        Tensor converted = Empty(Shape, dtype, Device);
        Backend.Copy(this, converted);
        return converted;
    }

    /// <summary>This tensor when its elements lie row by row, otherwise a copy that does.</summary>
    public Tensor Contiguous() => IsContiguous ? this : Clone();

    /// <summary>A contiguous copy.</summary>
    public Tensor Clone()
    {
        Tensor copy = Empty(Shape, DType, Device);
        Backend.Copy(this, copy);
        return copy;
    }

    /// <summary>From the first to the last element that the layout can reach, gaps included. For kernels on CPU devices.</summary>
    internal Span<T> Raw<T>() where T : unmanaged
    {
        if (Count == 0) return [];
        long extent = 1;
        for (int axis = 0; axis < Rank; axis++) extent += (Shape[axis] - 1) * Strides[axis];
        return ((CpuStorage)Storage).Span<T>(_layout.Offset, extent);
    }

    /// <summary>Another layout over the same storage.</summary>
    internal Tensor View(Layout layout) => new(Storage, layout, DType);
}
