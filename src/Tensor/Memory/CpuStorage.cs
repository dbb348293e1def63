using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack;

/// <summary>A block of main memory.</summary>
/// <remarks>
/// Kernels reach it through spans, whose reference keeps the memory alive while they run: nothing can be collected or
/// moved under a kernel's feet.
/// </remarks>
public abstract class CpuStorage : Storage
{
    /// <summary>A block of <paramref name="bytes"/> bytes.</summary>
    protected CpuStorage(Device device, long bytes)
        : base(device, bytes)
    {
    }

    /// <summary>The first byte of the block.</summary>
    protected abstract ref byte First { get; }

    /// <summary>Elements <paramref name="offset"/> to <paramref name="offset"/> + <paramref name="count"/>, without a copy.</summary>
    public Span<T> Span<T>(long offset, long count) where T : unmanaged
    {
        ref byte first = ref Unsafe.AddByteOffset(ref First, (nint)(offset * Unsafe.SizeOf<T>()));
        return MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref first), checked((int)count));
    }
}

/// <summary>A pinned, 64-byte aligned array: rented where a scope will return it, otherwise its own until the garbage collector comes.</summary>
/// <remarks>
/// What outlives every scope never comes back, so it must not take the blocks that the next step will ask for: gradients
/// of parameters, made late in the first step, would leave the second one short.
/// </remarks>
internal sealed class PooledStorage : CpuStorage
{
    private readonly nint _alignedOffset;
    private long[] _block;

    public PooledStorage(Device device, long bytes)
        : base(device, bytes)
    {
        _block = MemoryScope.OwnsNewBlocks ? CpuMemory.Rent(bytes) : CpuMemory.Allocate(bytes);
        _alignedOffset = CpuMemory.AlignedOffset(_block);
    }

    protected override ref byte First => ref Unsafe.AddByteOffset(
        ref Unsafe.As<long, byte>(ref MemoryMarshal.GetArrayDataReference(_block)), _alignedOffset);

    protected override void ReturnToPool()
    {
        CpuMemory.Return(_block);
        _block = [];
    }
}

/// <summary>An array of the caller's: both see each other's changes.</summary>
internal sealed class ArrayStorage<T>(Device device, T[] array) : CpuStorage(device, (long)array.Length * Unsafe.SizeOf<T>())
    where T : unmanaged
{
    public T[] Array { get; } = array;

    protected override ref byte First => ref Unsafe.As<T, byte>(ref MemoryMarshal.GetArrayDataReference(Array));

    protected override void ReturnToPool()
    {
    }
}

/// <summary>A dense tensor of System.Numerics.Tensors: both see each other's changes.</summary>
internal sealed class NumericsStorage<T>(Device device, System.Numerics.Tensors.Tensor<T> tensor)
    : CpuStorage(device, (long)tensor.FlattenedLength * Unsafe.SizeOf<T>())
    where T : unmanaged
{
    protected override ref byte First => ref Unsafe.As<T, byte>(ref Unsafe.AsRef(in tensor.GetPinnableReference()));

    protected override void ReturnToPool()
    {
    }
}
