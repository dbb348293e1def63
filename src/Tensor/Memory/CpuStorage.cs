using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack;

/// <summary>A block of main memory.</summary>
/// <remarks>
/// Kernels reach it through spans, whose reference keeps the memory alive while they run: nothing can be collected or
/// moved under a kernel's feet. A block that is gone has no first byte any more.
/// </remarks>
public abstract class CpuStorage : Storage
{
    /// <summary>A block of <paramref name="bytes"/> bytes.</summary>
    private protected CpuStorage(Device device, long bytes)
        : base(device, bytes)
    {
    }

    /// <summary>The first byte of the block.</summary>
    private protected abstract ref byte First { get; }

    /// <summary>Elements <paramref name="offset"/> to <paramref name="offset"/> + <paramref name="count"/>, without a copy.</summary>
    internal Span<T> Span<T>(long offset, long count) where T : unmanaged
    {
        if (count == 0) return []; // of a view without elements, wherever it begins
        long elements = Bytes / Unsafe.SizeOf<T>();
        if ((ulong)offset > (ulong)elements || (ulong)count > (ulong)(elements - offset)) throw Outside(offset, count, elements);
        ref byte first = ref Unsafe.AddByteOffset(ref First, (nint)(offset * Unsafe.SizeOf<T>()));
        return MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref first), checked((int)count));
    }

    private protected static MemoryScopeException Gone() => new(
        "A tensor's memory was returned while another thread computed with it. " +
        "Let other threads finish before the scope ends, or Keep() what they use.");

    private static ArgumentOutOfRangeException Outside(long offset, long count, long elements) =>
        new(nameof(offset), $"Elements {offset} to {offset + count} of a block of {elements}.");
}

/// <summary>
/// A pinned, 64-byte aligned array: rented where a scope will return it, otherwise its own until the garbage collector comes.
/// </summary>
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

    private protected override ref byte First
    {
        get
        {
            long[] block = _block; // read once: what follows refers to this block, whoever ends it meanwhile
            if (block.Length == 0) throw Gone();
            return ref Unsafe.AddByteOffset(ref Unsafe.As<long, byte>(ref MemoryMarshal.GetArrayDataReference(block)), _alignedOffset);
        }
    }

    private protected override void LetGo(bool recycle)
    {
        long[] block = Interlocked.Exchange(ref _block, []);
        if (recycle) CpuMemory.Return(block);
        else CpuMemory.Forget(block);
    }
}

/// <summary>An array of the caller's: both see each other's changes.</summary>
internal sealed class ArrayStorage<T>(Device device, T[] array) : CpuStorage(device, (long)array.Length * Unsafe.SizeOf<T>())
    where T : unmanaged
{
    public T[] Array { get; } = array;

    private protected override ref byte First => ref Unsafe.As<T, byte>(ref MemoryMarshal.GetArrayDataReference(Array));

    internal override bool IsForeign => true;

    private protected override void LetGo(bool recycle)
    {
    }
}

/// <summary>A dense tensor of System.Numerics.Tensors: both see each other's changes.</summary>
internal sealed class NumericsStorage<T>(Device device, System.Numerics.Tensors.Tensor<T> tensor)
    : CpuStorage(device, (long)tensor.FlattenedLength * Unsafe.SizeOf<T>())
    where T : unmanaged
{
    private protected override ref byte First => ref Unsafe.As<T, byte>(ref Unsafe.AsRef(in tensor.GetPinnableReference()));

    internal override bool IsForeign => true;

    private protected override void LetGo(bool recycle)
    {
    }
}
