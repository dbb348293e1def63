using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack;

/// <summary>The pool of CPU blocks. Fresh pages cost more than most operators, so a step should rent only what came back.</summary>
/// <remarks>
/// Blocks are pinned arrays (no GC handle, never moved), over-allocated by 64 bytes so that data starts on a cache
/// line. Sizes are rounded up to eight classes per power of two: at most 12.5 % is wasted. A block that no scope owns
/// does not come from the pool and dies with its tensor, by the garbage collector.
/// </remarks>
public static class CpuMemory
{
    private const int Alignment = 64;
    private const int ClassesPerOctave = 8;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<int, Stack<long[]>> Free = [];
    private static long _freeBytes;
    private static long _freshBlocks;
    private static long _rentedBytes;

    /// <summary>How many blocks had to be allocated because the pool had none of that size. Constant in a steady state.</summary>
    public static long FreshBlocks => Interlocked.Read(ref _freshBlocks);

    /// <summary>Bytes that wait in the pool.</summary>
    public static long FreeBytes => Interlocked.Read(ref _freeBytes);

    /// <summary>Bytes rented and not returned; a block that was kept beyond its scope counts until process end.</summary>
    internal static long RentedBytes => Interlocked.Read(ref _rentedBytes);

    /// <summary>Gives all waiting blocks to the garbage collector.</summary>
    public static void Trim()
    {
        lock (Gate)
        {
            Free.Clear();
            _freeBytes = 0;
        }
    }

    /// <summary>A new block that will not return.</summary>
    internal static long[] Allocate(long bytes) => GC.AllocateUninitializedArray<long>(ClassSize(bytes), pinned: true);

    /// <summary>A block from the pool, or a new one when it has none of the size.</summary>
    internal static long[] Rent(long bytes)
    {
        int words = ClassSize(bytes);
        lock (Gate)
        {
            _rentedBytes += words * 8L;
            if (Free.TryGetValue(words, out Stack<long[]>? stack) && stack.TryPop(out long[]? block))
            {
                _freeBytes -= words * 8L;
                return block;
            }
            _freshBlocks++;
        }
        return GC.AllocateUninitializedArray<long>(words, pinned: true);
    }

    internal static void Return(long[] block)
    {
        lock (Gate)
        {
            if (!Free.TryGetValue(block.Length, out Stack<long[]>? stack)) Free.Add(block.Length, stack = new Stack<long[]>());
            stack.Push(block);
            _freeBytes += block.Length * 8L;
            _rentedBytes -= block.Length * 8L;
        }
    }

    /// <summary>Bytes from the array's start to its first 64-byte boundary. Pinned arrays do not move, so it stays true.</summary>
    internal static unsafe nint AlignedOffset(long[] block)
    {
        nint start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(block));
        return (-start) & (Alignment - 1);
    }

    /// <summary>Words of 8 bytes to allocate for a request, alignment slack included.</summary>
    private static int ClassSize(long bytes)
    {
        long words = (Math.Max(bytes, 1) + Alignment + 7) / 8;
        if (words <= 64) return (int)((words + 7) & ~7);
        long step = Math.Max(8, (long)BitOperations.RoundUpToPowerOf2((ulong)words) / 2 / ClassesPerOctave);
        long rounded = (words + step - 1) / step * step;
        if (rounded > Array.MaxLength)
        {
            throw new ConfigException(string.Create(
                CultureInfo.InvariantCulture,
                $"A block of {bytes:N0} bytes is larger than one CPU block can be ({Array.MaxLength * 8L:N0} bytes). Make the tensor smaller, for example with a smaller batch or context."));
        }
        return (int)rounded;
    }
}
